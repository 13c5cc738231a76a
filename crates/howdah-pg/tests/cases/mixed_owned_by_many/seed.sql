insert into app.t (k) values ('x');
