create table public.r (id int primary key);
create table public.t (id int not null, at date not null, r_id int, constraint t_pkey primary key (id, at), constraint chk_id check (id > 0), constraint fk_r foreign key (r_id) references public.r (id)) partition by range (at);
create index idx_r on public.t (r_id);
create table public.t_2023 (id int, at date, r_id int);
