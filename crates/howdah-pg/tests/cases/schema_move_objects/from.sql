create schema one;
create schema two;
create type one.color as enum ('red', 'green');
create table one.cars (id int primary key, color one.color);
create function one.paint() returns one.color language sql as $$ select 'red'::one.color $$;
