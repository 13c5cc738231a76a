insert into public.t values (1, row(row(1), array[row(2)::public.inner])::public.outer, row(3));
