create table public.p (tenant int, id int, primary key (tenant, id));
create table public.c (id int primary key, tenant int not null, p_id int, constraint fk foreign key (tenant, p_id) references public.p (tenant, id) on delete set null (p_id));
