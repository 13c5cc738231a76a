create domain public.a as int constraint positive check (value > 0);
create domain public.b as int;
comment on domain public.a is 'Before';
comment on constraint positive on domain public.a is 'Why';
grant usage on type public.b to howdah_case_app;
