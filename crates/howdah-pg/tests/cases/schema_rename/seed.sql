insert into sales.invoices (state, amount) values ('open', 10), ('paid', 20.5);
