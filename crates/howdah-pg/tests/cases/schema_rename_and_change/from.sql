-- renamed-from: shop
create schema store;
create table store.items (id int primary key, name text);
create view store.names as select name from store.items;
