-- A child may have another default and another NOT NULL than its parent.

create table public.base (id int, state text default 'open');
create table public.derived () inherits (public.base);
alter table public.derived alter column state set default 'derived';
alter table public.derived alter column id set not null;
