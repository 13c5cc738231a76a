create table public.o (id int primary key);
create function public.noop() returns trigger language plpgsql as $$ begin return new; end $$;
create table public.p (
    id bigint not null, at date not null, v jsonb, o_id int, note text,
    constraint p_pkey primary key (id, at), constraint chk_p check (id > 0), constraint fk_p foreign key (o_id) references public.o (id)
) partition by range (at);
create table public.p2 partition of public.p for values from ('2025-01-01') to ('2026-01-01');
create index idx_p_v on public.p ((v ->> 'x'));
create unique index idx_p_unique on public.p (id, at) include (note);
create trigger trg_p before update on public.p for each row execute function public.noop();
