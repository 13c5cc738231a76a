create schema staging;
-- renamed-from: warehouse.items
create table staging.items (id serial primary key, name text);
create type staging.mood as enum ('calm', 'loud');
