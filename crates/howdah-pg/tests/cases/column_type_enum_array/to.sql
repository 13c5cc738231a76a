create type public.tag as enum ('y', 'x', 'z');
create table public.t (id int primary key, tags public.tag[] default '{}' not null);
create index idx_t_tags on public.t using gin (tags);
