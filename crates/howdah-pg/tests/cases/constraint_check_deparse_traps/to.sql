-- Expressions that PostgreSQL prints in another way than they were written.

create table public.t (
  id int primary key, a varchar(20), b char(2), n numeric, d date, j jsonb, tags text[],
  constraint c01 check (a not in ('x', 'y')),
  constraint c02 check (b in ('de', 'fr')),
  constraint c03 check (a like 'a%' or a ilike '%b' or a similar to 'c(d|e)'),
  constraint c04 check (n between 0 and 10.5),
  constraint c05 check (d > date '2000-01-01' and extract(year from d) < 3000),
  constraint c06 check (j ? 'k' and (j ->> 'k') is not null),
  constraint c07 check ('x' = any (tags) or cardinality(tags) = 0),
  constraint c08 check (case when n > 5 then a is not null else true end),
  constraint c09 check (coalesce(a, '') <> 'none' and nullif(b, 'de') is distinct from 'fr'),
  constraint c10 check ((a is null) = (b is null)),
  constraint c11 check ((a, b) is not null or row (a, b) is distinct from row ('q'::varchar, 'r'::char(2))),
  constraint c12 check (not (n < 0) and n <> -1 and -n < 5),
  constraint c13 check (position('z' in a) = 0 and substring(a from 1 for 2) <> 'zz' and trim(both ' ' from a) <> ''),
  constraint c14 check (a ~ '^[a-z\\]+''$' or a is null or true)
);
