create function public.a(int, out int, out text) language sql as $$ select 1, 'a' $$;
create function public.b(inout n int) language sql as 'select n + 1';
create procedure public.c(in int, out n int) language plpgsql as 'begin n := 1; end';
