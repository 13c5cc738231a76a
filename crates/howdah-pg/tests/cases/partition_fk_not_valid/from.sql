create table public.p (id int primary key);
create table public.t (id int not null, p_id int, q_id int, r_id int) partition by range (id);
create table public.t_1 partition of public.t for values from (0) to (10);
alter table public.t add constraint fk_p foreign key (p_id) references public.p (id) not valid;
alter table public.t add constraint fk_q foreign key (q_id) references public.p (id);
