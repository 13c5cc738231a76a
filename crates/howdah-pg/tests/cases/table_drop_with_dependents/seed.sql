-- The rows that stay point at none of those that go: what was pointed at is gone for good.
insert into public.kinds values (1, 'one'), (2, 'two');
insert into public.things values (10, null), (11, null);
