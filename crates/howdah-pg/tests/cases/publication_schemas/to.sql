create schema one;
create schema two;
create table one.t (id int primary key);
create table public.t (id int primary key);
create publication p for tables in schema two, one;
