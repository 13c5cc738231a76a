insert into public."größe" values ('Allee', 1);
insert into public."表" values (1);
