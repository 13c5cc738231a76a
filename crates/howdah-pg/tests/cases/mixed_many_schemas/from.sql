create schema one;
create schema two;
create table one.t (id int primary key, n int);
create table two.t (id int primary key, one_id int references one.t (id));
create view public.v as select o.n from one.t o join two.t w on w.one_id = o.id;
