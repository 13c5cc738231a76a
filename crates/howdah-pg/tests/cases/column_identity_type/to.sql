-- The sequence behind the identity follows the column's type.

create table public.t (id bigint generated always as identity primary key, a text);
