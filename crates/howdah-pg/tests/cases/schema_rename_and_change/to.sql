-- renamed-from: store
create schema shop;
comment on schema shop is 'What is sold';
grant usage on schema shop to howdah_case_app;
create table shop.items (id bigint primary key, name text, price numeric not null default 0);
create view shop.names as select name, price from shop.items;
