create type public.an_enum_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 as enum ('a', 'b', 'c');
create table public.t (id int primary key, k public.an_enum_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 default 'a');
