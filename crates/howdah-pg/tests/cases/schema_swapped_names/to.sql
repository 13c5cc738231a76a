-- renamed-from: two
create schema one;
-- renamed-from: one
create schema two;
create table two.a (id int primary key);
create table one.b (id int primary key);
