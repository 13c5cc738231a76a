create table public.t (id int, "two
lines" text not null, "tab	stop" int);
comment on column public.t."two
lines" is 'first
second';
