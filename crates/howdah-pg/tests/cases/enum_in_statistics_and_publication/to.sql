create type public.state as enum ('b', 'a');
create table public.t (id int primary key, state public.state, other int);
create statistics public.t_state (dependencies, mcv) on state, other from public.t;
create publication changes for table public.t where (id > 1);
