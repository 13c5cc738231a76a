create table t (id int primary key, a int, b text);
create view v1 as select * from t;
create view v2 as select id, a from v1 where b is not null;
create function rt() returns table (x int, y text) language sql stable as $$ select a, b from t $$;
create function ft(t) returns text language sql stable as $$ select $1.b $$;
create procedure pr(inout z int) language plpgsql as $$ begin z := 1; end $$;
create table u (t t, ts t[], n numeric(5,2)[] check (array_length(n,1) < 4));
create unique index ui on u (((t).id)) nulls not distinct;
