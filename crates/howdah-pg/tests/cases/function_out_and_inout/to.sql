create function public.a(int, out n int, out t text) language sql as $$ select 1, 'a' $$;
create function public.b(n int, out m int) language sql as 'select n + 1';
create procedure public.c(in int, out n int, out m text) language plpgsql as 'begin n := 1; end';
