create type public.state as enum ('b', 'a');
alter type public.state owner to howdah_case_alice;
revoke usage on type public.state from public;
grant usage on type public.state to howdah_case_app;
comment on type public.state is 'Kept';
create table public.t (id int primary key, state public.state default 'a');
comment on column public.t.state is 'Kept too';
grant update (state) on public.t to howdah_case_app;
