-- renamed-from: ids
create sequence public.numbers start 10;
create table public.t (id int primary key default nextval('public.numbers'), n text default 'N' || nextval('public.numbers'));
comment on sequence public.numbers is 'Kept';
grant usage on sequence public.numbers to howdah_case_app;
