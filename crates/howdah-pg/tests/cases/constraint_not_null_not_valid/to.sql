create table public.t (id int primary key, a int not null, b int, c int, d int, e int);
alter table public.t add constraint t_b_not_null not null b not valid;
alter table public.t add constraint t_c_not_null not null c not valid;
alter table public.t add constraint odd not null d not valid;
alter table public.t add constraint t_e_not_null not null e not valid;
