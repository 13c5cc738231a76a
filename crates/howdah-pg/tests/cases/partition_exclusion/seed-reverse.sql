insert into public.t values (1, '[1,5)'); insert into public.u values (1, '[1,5)');
