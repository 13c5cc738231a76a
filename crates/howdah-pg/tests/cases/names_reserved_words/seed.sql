insert into "order"."table" values (1, 'x');
