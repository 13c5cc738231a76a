-- One new table with every part a table can have.

create function public.touch() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;

create table public.accounts (
  id uuid default gen_random_uuid() not null,
  email text collate "C" not null,
  balance numeric(12,2) default 0 not null,
  balance_cents bigint generated always as ((balance * 100)::bigint) stored,
  updated_at timestamptz default now() not null,
  parent_id uuid,
  constraint accounts_pkey primary key (id),
  constraint uq_accounts_email unique (email),
  constraint chk_accounts_balance check (balance >= 0),
  constraint fk_accounts_parent foreign key (parent_id) references public.accounts (id) on delete set null
);
comment on table public.accounts is 'Who pays. It''s one row a payer.';
comment on column public.accounts.email is 'Where the invoice goes.';
comment on constraint chk_accounts_balance on public.accounts is 'No debts.';
create index idx_accounts_parent on public.accounts (parent_id) where parent_id is not null;
comment on index public.idx_accounts_parent is 'For the tree.';
create trigger trg_accounts_touch before update on public.accounts
  for each row execute function public.touch();
comment on trigger trg_accounts_touch on public.accounts is 'Keeps updated_at.';
alter table public.accounts enable row level security;
alter table public.accounts force row level security;
create policy own_rows on public.accounts for select to howdah_case_app using (email = current_user);
comment on policy own_rows on public.accounts is 'Only your own.';
grant select on public.accounts to howdah_case_app;
grant update (email) on public.accounts to howdah_case_app;
alter table public.accounts owner to howdah_case_alice;
