insert into "a.b"."c.d" (g) values ('x');
insert into public."a.b" values (1);
