-- Each thing needs the one before it, all of them are new, and the file says so in this order alone.

create schema app;
create type app.kind as enum ('a', 'b');
create domain app.kinds as app.kind[] check (cardinality(value) < 5);
create sequence app.numbers;
create function app.next_number() returns bigint language sql volatile as $$ select nextval('app.numbers') $$;
create table app.base (id bigint default app.next_number() primary key, k app.kind default 'b', ks app.kinds default '{a}');
create function app.base_name(b app.base) returns text language sql immutable as $$ select b.id::text $$;
create index idx_name on app.base (app.base_name(base.*));
create view app.named as select b.id, app.base_name(b) as name from app.base b;
create function app.first_named() returns app.named language sql stable as $$ select * from app.named limit 1 $$;
create table app.uses (id int primary key, n app.named, what text default (app.first_named()).name);
