create function public.add(a int, b int default 1) returns int language sql immutable strict as 'select a + b';
create function public."Odd Name"("A b" text, out "C" text) language plpgsql as $body$ begin "C" := "A b" || '$$'; end $body$;
create procedure public.work(inout n int, text default 'it''s') language plpgsql as 'begin n := n + 1; end';
