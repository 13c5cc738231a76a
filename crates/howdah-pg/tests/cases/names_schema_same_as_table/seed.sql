insert into accounts.accounts values (1);
