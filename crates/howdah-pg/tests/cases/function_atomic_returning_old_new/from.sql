create table public.t (id int primary key, n int);
create function public.bump() returns table (was int, becomes int) language sql begin atomic
  update public.t set n = n + 1 returning old.n, new.n;
end;
create function public.bump_all() returns setof int language sql begin atomic
  update public.t set n = n + 2 returning with (old as o, new as fresh) o.n + fresh.n;
end;
