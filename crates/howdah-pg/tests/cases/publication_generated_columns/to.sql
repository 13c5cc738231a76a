create table public.t (id int primary key, a int, s int generated always as (a * 2) stored);
create publication p for table public.t;
create publication q for table public.t (id, s) with (publish_generated_columns = stored);
