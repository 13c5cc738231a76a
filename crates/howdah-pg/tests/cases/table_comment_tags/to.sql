create table public.a (id int, email text);
comment on table public.a is 'People. @group contacts @owner id';
comment on column public.a.email is 'Address. @pii email @mask email';
