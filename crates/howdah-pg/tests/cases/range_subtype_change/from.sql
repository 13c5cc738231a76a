create type public.span as range (subtype = int4);
create table public.t (id int primary key, span public.span, spans public.span[]);
create index t_span on public.t using gist (span);
