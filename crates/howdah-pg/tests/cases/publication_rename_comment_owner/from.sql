create table public.t (id int primary key);
-- renamed-from: stream
create publication changes for table public.t;
comment on publication changes is 'Before';
create publication b;
