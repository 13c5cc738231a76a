-- The key that the foreign key leans on is rebuilt; the foreign key steps aside.

create table public.p (a int not null, b int not null, constraint p_pkey primary key (b), constraint uq_p_a unique (a));
create table public.c (id int primary key, p_a int constraint fk_c_p references public.p (a) on delete cascade);
