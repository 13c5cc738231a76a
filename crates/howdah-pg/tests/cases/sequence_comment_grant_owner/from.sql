create sequence public.a;
create sequence public.b;
comment on sequence public.a is 'Before';
grant usage, select on sequence public.a to howdah_case_app with grant option;
