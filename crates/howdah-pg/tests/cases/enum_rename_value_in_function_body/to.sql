create type public.state as enum (
  'open',
  'closed' -- renamed-from: done
);
create table public.tasks (id int primary key, state public.state default 'open');
create function public.close(int) returns void language sql as $$
  update public.tasks set state = 'closed' where id = $1;
$$;
create function public.is_open(public.state) returns boolean language sql immutable return $1 <> 'closed'::public.state;
