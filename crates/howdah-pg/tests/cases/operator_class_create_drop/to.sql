create table public.t (id int primary key, n int);
create function public.reverse_cmp(int, int) returns int language sql immutable as 'select btint4cmp($2, $1)';
create operator class public.backwards for type int using btree as
  operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 public.reverse_cmp(int, int);
comment on operator class public.backwards using btree is 'From great to small';
create index t_n on public.t (n public.backwards);
