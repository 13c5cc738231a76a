create table public.a (id int, email text);
comment on table public.a is 'People. @group people @owner id';
comment on column public.a.email is 'Address. @pii email';
