-- Both ends of the union change at once; between the two the view would not hold.

create table public.a (id uuid, k text);
create table public.b (id uuid, k text);
create view public.v as select id, k from public.a union all select id, k from public.b;
