create table public.cache (id int generated always as identity primary key, v text);
