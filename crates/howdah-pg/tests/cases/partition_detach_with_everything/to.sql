-- What was inherited (index, key, foreign key) stays with the detached table; a cloned trigger goes.

create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.p (id int primary key);

create table public.t (id int not null, at date not null, p_id int, constraint t_pkey primary key (id, at), constraint chk_id check (id > 0), constraint fk_t foreign key (p_id) references public.p (id)) partition by range (at);
create table public.t_2024 partition of public.t for values from ('2024-01-01') to ('2025-01-01');
create index idx_t_p on public.t (p_id);
create trigger trg after insert on public.t for each row execute function public.nothing();
create table public.t_2023 (id int not null, at date not null, p_id int, constraint t_2023_pkey primary key (id, at), constraint chk_id check (id > 0), constraint fk_t foreign key (p_id) references public.p (id));
create index t_2023_p_id_idx on public.t_2023 (p_id);
