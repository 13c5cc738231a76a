create table public.t (id int primary key, a json default '{}'::json, b jsonb default '[]'::jsonb, c text);
