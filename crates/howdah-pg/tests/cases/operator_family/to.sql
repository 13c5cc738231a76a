create operator family public.numbers using btree;
comment on operator family public.numbers using btree is 'After';
alter operator family public.numbers using btree owner to howdah_case_alice;
create function public.cmp(int, int) returns int language sql immutable as 'select btint4cmp($2, $1)';
create function public.cmp(int, bigint) returns int language sql immutable as 'select btint84cmp($2, $1)';
create operator class public.backwards for type int using btree family public.numbers as
  operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 public.cmp(int, int);
alter operator family public.numbers using btree add operator 1 > (int, bigint), function 1 (int, bigint) public.cmp(int, bigint);
