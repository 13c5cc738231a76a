create table public.t (id int primary key);
-- renamed-from: changes
create publication stream for table public.t;
comment on publication stream is 'After';
create publication b;
alter publication b owner to howdah_case_alice;
