create table public.t (id int primary key, label text, n bigint, extra text);
create function public.label(public.t) returns text language sql immutable as $$ select 'y' $$;
alter table public.t alter column label set default public.label(null::public.t);
alter table public.t add constraint whole check (public.label(t.*) <> '');
create index t_label on public.t (public.label(t.*));
