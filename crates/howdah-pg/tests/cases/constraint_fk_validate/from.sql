create table public.p (id int primary key);
create table public.c (id int primary key, p_id int);
alter table public.c add constraint fk foreign key (p_id) references public.p (id) not valid;
