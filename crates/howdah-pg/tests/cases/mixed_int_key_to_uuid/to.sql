-- The old key goes and another comes; nothing carries one into the other, so no rows.

create table public.a (id uuid default gen_random_uuid() primary key, name text);
create table public.b (id uuid default gen_random_uuid() primary key, a_id uuid not null references public.a (id));
create view public.ab as select a.id as a_id, b.id as b_id from public.a join public.b on b.a_id = a.id;
