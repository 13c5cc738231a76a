create table public.a (id int primary key, b_id int);
create table public.b (id int primary key, a_id int references public.a);
alter table public.a add constraint a_b foreign key (b_id) references public.b;
comment on constraint a_b on public.a is 'Kept';
