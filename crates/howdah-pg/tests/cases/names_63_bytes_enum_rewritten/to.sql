-- A rewrite that renames the old type aside must fit its helper's name into 63 bytes.

create type public.an_enum_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 as enum ('c', 'a');
create table public.t (id int primary key, k public.an_enum_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 default 'a');
