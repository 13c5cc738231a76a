-- The comments of all columns, told apart by their digests.
-- Columns: oid bigint, number integer, digest text.
-- PostgreSQL 14 and later.
select d.objoid::bigint as oid, d.objsubid as number, md5(d.description) as digest
from pg_description d
join pg_class c on c.oid = d.objoid and c.relkind in ('r', 'p') and not c.relispartition
where d.classoid = 'pg_class'::regclass
  and d.objsubid > 0
