create table public.t (id int primary key, a text, b int, c text);
create index idx_t_b on public.t (b);
comment on column public.t.b is 'Going.';
grant select (b) on public.t to howdah_case_app;
