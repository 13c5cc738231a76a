insert into public.t values ('6f1f2d9e-0d53-4a4e-9c0c-5f1c2d3e4f50', null);
