insert into staging.items (name) values ('bolt'), ('nut');
