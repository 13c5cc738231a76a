create type public.state as enum ('new', 'done');
create table public.t (id int primary key, state public.state default 'new' not null);
