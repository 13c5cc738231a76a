-- renamed-from: two
create schema one;
-- renamed-from: one
create schema two;
create table one.a (id int primary key);
create table two.b (id int primary key);
