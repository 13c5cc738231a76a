create schema one;
create schema two;
-- renamed-from: one.color
create type two.color as enum ('red', 'green');
-- renamed-from: one.cars
create table two.cars (id int primary key, color two.color);
-- renamed-from: one.paint
create function two.paint() returns two.color language sql as $$ select 'red'::two.color $$;
