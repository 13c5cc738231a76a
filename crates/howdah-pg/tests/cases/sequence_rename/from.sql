-- renamed-from: numbers
create sequence public.ids start 10;
create table public.t (id int primary key default nextval('public.ids'), n text default 'N' || nextval('public.ids'));
comment on sequence public.ids is 'Kept';
grant usage on sequence public.ids to howdah_case_app;
