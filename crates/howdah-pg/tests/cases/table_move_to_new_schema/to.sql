-- The schema the table moves to is made, and the one it leaves is dropped, in the same plan.

create schema warehouse;
-- renamed-from: staging.items
create table warehouse.items (id serial primary key, name text);
