-- View, function over the row type, foreign key, policy and trigger all follow the renamed table.

create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

-- renamed-from: customer
create table public.member (
  id int not null,
  name text not null,
  -- renamed-from: customer_pkey
  constraint member_pkey primary key (id)
);
create table public.orders (
  id int primary key,
  customer_id int not null,
  constraint fk_orders_customer foreign key (customer_id) references public.member (id)
);
create view public.names as select c.name from public.member c;
create function public.loudly(c public.member) returns text language sql immutable as $$ select upper(c.name) $$;
create policy all_names on public.member using (name <> '');
alter table public.member enable row level security;
create trigger trg_nothing before insert on public.member for each row execute function public.nothing();
grant select on public.member to howdah_case_bob;
grant select on public.names to howdah_case_app;
