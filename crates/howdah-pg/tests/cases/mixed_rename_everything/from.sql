create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

-- renamed-from: clients
create table public.customers (
  id int not null, -- renamed-from: client_id
  mail varchar(50), -- renamed-from: email
  -- renamed-from: clients_pkey
  constraint customers_pkey primary key (id),
  -- renamed-from: chk_email
  constraint chk_mail check (mail <> '')
);
-- renamed-from: idx_email
create index idx_mail on public.customers (lower(mail));
-- renamed-from: trg_clients
create trigger trg_customers before update of mail on public.customers for each row execute function public.nothing();
-- renamed-from: own_clients
create policy own_customers on public.customers using (mail = current_user);
create table public.orders (id int primary key, customer_id int constraint fk_orders references public.customers (id)); -- renamed-from: never_was
create view public.v as select id, mail from public.customers;
