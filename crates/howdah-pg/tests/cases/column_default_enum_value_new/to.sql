-- A value added to an enum cannot be used in the transaction that adds it.

create type public.state as enum ('new', 'waiting', 'done');
create table public.t (id int primary key, state public.state default 'waiting' not null, constraint chk_state check (state <> 'waiting' or id > 0));
