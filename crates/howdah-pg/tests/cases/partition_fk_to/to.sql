create table public.t (id int not null, at date not null, constraint t_pkey primary key (id, at)) partition by range (at);
create table public.t_1 partition of public.t for values from ('2023-01-01') to ('2024-01-01');
create table public.c (id int primary key, t_id int, t_at date, constraint fk_c foreign key (t_id, t_at) references public.t (id, at));
