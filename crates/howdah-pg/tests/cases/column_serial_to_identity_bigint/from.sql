create table public.t (id serial primary key, a text);
grant usage on sequence public.t_id_seq to howdah_case_app;
comment on sequence public.t_id_seq is 'Counts.';
