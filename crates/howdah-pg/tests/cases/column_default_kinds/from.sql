create table public.t (id int, a text[], b jsonb, c timestamptz, d interval, e text, f numeric, g date, h bytea);
