create table public.a_table_name_that_is_exactly_sixty_three_bytes_long_for_a_test0 (
  id serial primary key,
  a_column_name_that_is_exactly_sixty_three_bytes_long_for_a_test int unique
);
