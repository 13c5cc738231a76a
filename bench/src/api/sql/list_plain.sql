-- The 25 rows of a user after a random key, as the table's owner, without policies.
\set id random(0, {last}) * 8 + {user}
select id, owner_id, amount, title from items where owner_id = '{owner}' and id > :id order by id limit 25;
