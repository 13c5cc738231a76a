-- Table, columns, key, check, index, trigger and policy are all renamed, and one column changes type on the way.

create function public.nothing() returns trigger language plpgsql as $$ begin return new; end $$;

-- renamed-from: customers
create table public.clients (
  client_id int not null, -- renamed-from: id
  email text, -- renamed-from: mail
  -- renamed-from: customers_pkey
  constraint clients_pkey primary key (client_id),
  -- renamed-from: chk_mail
  constraint chk_email check (email <> '')
);
-- renamed-from: idx_mail
create index idx_email on public.clients (lower(email));
-- renamed-from: trg_customers
create trigger trg_clients before update of email on public.clients for each row execute function public.nothing();
-- renamed-from: own_customers
create policy own_clients on public.clients using (email = current_user);
create table public.orders (id int primary key, customer_id int constraint fk_orders references public.clients (client_id)); -- renamed-from: never_was
create view public.v as select client_id as id, email as mail from public.clients;
