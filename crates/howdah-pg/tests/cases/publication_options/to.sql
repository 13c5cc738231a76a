create table public.t (id int, part int) partition by list (part);
create table public.t1 partition of public.t for values in (1);
create publication p for table public.t with (publish = 'insert, update, delete, truncate');
create publication q for table public.t1 with (publish_via_partition_root = true, publish = '');
