create table public.t (id smallint generated always as identity primary key, a text);
