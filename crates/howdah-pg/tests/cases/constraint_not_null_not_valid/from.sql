create table public.t (id int primary key, a int, b int not null, c int, d int);
alter table public.t add constraint t_a_not_null not null a not valid;
alter table public.t add constraint odd not null d not valid;
