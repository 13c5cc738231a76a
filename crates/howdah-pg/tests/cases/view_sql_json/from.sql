create table public.t (id int primary key, doc jsonb, txt text);
create view public.v as select id, json_object('id': id, 'doc': doc absent on null with unique keys) as o, json_array(id, txt null on null returning jsonb) as a, txt is json object with unique keys as is_object, txt is not json scalar as no_scalar from public.t;
create view public.w as select json_objectagg(txt: id absent on null returning jsonb) as o, json_arrayagg(id order by id desc returning text) filter (where id > 1) as a, any_value(id) as any_id from public.t;
