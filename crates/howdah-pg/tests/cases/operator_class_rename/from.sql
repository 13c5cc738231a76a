create table public.t (id int primary key, n int);
create function public.cmp(int, int) returns int language sql immutable as 'select btint4cmp($2, $1)';
-- renamed-from: descending
create operator class public.backwards for type int using btree as
  operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 public.cmp(int, int);
create index t_n on public.t (n public.backwards);
