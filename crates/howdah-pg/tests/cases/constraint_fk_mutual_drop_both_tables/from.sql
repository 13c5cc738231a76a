create table public.keep (id int primary key);
create table public.a (id int primary key, b_id int);
create table public.b (id int primary key, a_id int constraint fk_b_a references public.a (id));
alter table public.a add constraint fk_a_b foreign key (b_id) references public.b (id);
