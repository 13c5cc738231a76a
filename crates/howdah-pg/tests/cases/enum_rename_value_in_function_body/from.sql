create type public.state as enum (
  'open',
  'done' -- renamed-from: closed
);
create table public.tasks (id int primary key, state public.state default 'open');
create function public.close(int) returns void language sql as $$
  update public.tasks set state = 'done' where id = $1;
$$;
create function public.is_open(public.state) returns boolean language sql immutable return $1 <> 'done'::public.state;
