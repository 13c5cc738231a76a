create table public.t (id int, a text, b text, c text);
comment on column public.t.a is 'new';
comment on column public.t.b is $$it's "new"$$;
