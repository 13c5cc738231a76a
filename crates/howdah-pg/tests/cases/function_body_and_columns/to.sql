-- The body of the function, a string to the server, reads columns that are made and changed in the same plan.
create table t (id int primary key, b text, c bigint not null default 9);
create view v1 as select * from t;
create view v2 as select id, b as a from v1 where b is not null;
create function rt() returns table (x int, z text) language sql stable as $$ select c::int, b from t $$;
create function ft(t) returns text language sql stable as $$ select $1.b $$;
create procedure pr(inout z bigint, w int default 3) language plpgsql as $$ begin z := 1; end $$;
create table u (t t, ts t[], n numeric(8,3)[] check (array_length(n,1) < 4));
create unique index ui on u (((t).id)) nulls not distinct;
