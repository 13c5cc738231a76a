-- Names at the limit; the names made from them are cut.

create table public.a_table_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 (
  id bigint generated always as identity primary key,
  a_column_name_that_is_exactly_sixty_three_bytes_long_for_a_test bigint unique check (a_column_name_that_is_exactly_sixty_three_bytes_long_for_a_test > 0),
  another int references public.a_table_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 (id)
);
create index on public.a_table_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 (another, a_column_name_that_is_exactly_sixty_three_bytes_long_for_a_test);
