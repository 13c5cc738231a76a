create sequence public.gone;
create table public.t (id int primary key);
