-- Column and sequence both go; nothing carries a number into a uuid.

create table public.t (id uuid default gen_random_uuid() not null, a text);
