create table public.t (id bigint generated always as identity primary key, a text);
grant usage on sequence public.t_id_seq to howdah_case_app;
