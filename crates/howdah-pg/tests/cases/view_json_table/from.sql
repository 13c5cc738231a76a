create table public.t (id int primary key, doc jsonb);
create view public.v as select t.id, j.a, j.b, j.n from public.t, json_table(t.doc, '$[*]' as root columns (n for ordinality, a int path '$.a', b text path '$.b' default 'x' on empty error on error, nested path '$.c[*]' columns (c text path '$'))) j where t.id > 0;
