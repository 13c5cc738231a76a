-- Owners of table, sequence, view, function and type change together; the identity's sequence goes with its table.

create schema app authorization howdah_case_bob;
create type app.k as enum ('x');
create table app.t (id int generated always as identity primary key, k app.k);
create view app.v as select id from app.t;
create function app.f() returns int language sql stable as $$ select 1 $$;
alter type app.k owner to howdah_case_bob;
alter table app.t owner to howdah_case_bob;
alter view app.v owner to howdah_case_bob;
alter function app.f() owner to howdah_case_bob;
grant select on app.t to howdah_case_app;
