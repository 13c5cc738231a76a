insert into s1.t values (1, 'x');
insert into s2.t values (1, null);
