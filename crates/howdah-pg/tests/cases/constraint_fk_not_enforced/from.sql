create table public.p (id int primary key);
create table public.c (id int primary key, p_id int, q_id int, r_id int, constraint fk_p foreign key (p_id) references public.p (id) on delete cascade, constraint fk_q foreign key (q_id) references public.p (id) not enforced, constraint fk_r foreign key (r_id) references public.p (id) deferrable initially deferred not enforced);
