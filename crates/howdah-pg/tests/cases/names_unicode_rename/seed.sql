insert into public."straße" values (1, 2);
