insert into old_home.entries values (1, 10.50), (2, 20);
