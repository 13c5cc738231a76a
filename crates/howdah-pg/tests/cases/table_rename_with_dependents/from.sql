create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

-- renamed-from: member
create table public.customer (
  id int not null,
  name text not null,
  constraint customer_pkey primary key (id)
);
create table public.orders (
  id int primary key,
  customer_id int not null,
  constraint fk_orders_customer foreign key (customer_id) references public.customer (id)
);
create view public.names as select c.name from public.customer c;
create function public.loudly(c public.customer) returns text language sql immutable as $$ select upper(c.name) $$;
create policy all_names on public.customer using (name <> '');
alter table public.customer enable row level security;
create trigger trg_nothing before insert on public.customer for each row execute function public.nothing();
grant select on public.customer to howdah_case_bob;
grant select on public.names to howdah_case_app;
