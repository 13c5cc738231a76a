create table public.a (id bigint primary key, b_id bigint);
create table public.b (id bigint primary key, a_id bigint references public.a);
alter table public.a add constraint a_b foreign key (b_id) references public.b;
comment on constraint a_b on public.a is 'Kept';
