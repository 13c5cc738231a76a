insert into one.cars values (1, 'red'), (2, null);
