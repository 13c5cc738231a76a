insert into public.p values (1);
insert into public.t (mail, p_id) values ('a@example.org', 1), ('b@example.org', null);
