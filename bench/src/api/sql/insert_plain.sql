-- One row, as the table's owner, without policies.
\set amount random(1000000, 1000000 + {last})
insert into entries (owner_id, amount, title) values ('{owner}', :amount, 'One row as an application writes it');
