-- One row by primary key, as its owner, without policies. Any user's row.
\set id random(0, {last}) * 8 + {user}
select id, owner_id, amount, title from items where id = :id;
