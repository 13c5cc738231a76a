create table public.p (a int not null, b int not null, constraint p_pkey primary key (a), constraint uq_p_b unique (b));
create table public.c (id int primary key, p_a int constraint fk_c_p references public.p (a) on delete cascade);
