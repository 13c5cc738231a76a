create table public.t (id int primary key, n int);
create table public.s (id int primary key, n int);
create procedure public.sync() language sql begin atomic
  merge into public.t as target using (select id, n from public.s where n > 0) as source on target.id = source.id
  when matched and source.n = 0 then delete
  when matched then update set n = source.n + target.n
  when not matched and source.n > 1 then insert (id, n) values (source.id, source.n)
  when not matched then do nothing;
end;
