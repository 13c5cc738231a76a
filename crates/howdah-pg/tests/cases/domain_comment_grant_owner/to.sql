create domain public.a as int constraint positive check (value > 0);
create domain public.b as int;
comment on domain public.a is 'After';
comment on domain public.b is 'New';
comment on constraint positive on domain public.a is 'Because';
revoke usage on domain public.a from public;
grant usage on type public.b to howdah_case_bob;
alter domain public.b owner to howdah_case_alice;
