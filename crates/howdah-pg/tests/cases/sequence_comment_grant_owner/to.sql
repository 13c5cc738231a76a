create sequence public.a;
create sequence public.b;
comment on sequence public.a is 'After';
comment on sequence public.b is 'New';
grant select on sequence public.a to howdah_case_app;
grant update on sequence public.b to public;
alter sequence public.b owner to howdah_case_alice;
