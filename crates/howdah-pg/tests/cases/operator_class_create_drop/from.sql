create table public.t (id int primary key, n int);
create function public.reverse_cmp(int, int) returns int language sql immutable as 'select btint4cmp($2, $1)';
