insert into one.a values (1), (2);
insert into two.b values (3);
