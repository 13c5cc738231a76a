-- How long until a limit allows one more try.
-- Parameters: as of take_turn.sql. Columns: wait, in whole seconds; 0 is now. PostgreSQL 14 and newer.
select greatest(0, ceil(extract(epoch from t.full_at - now()) - $2::double precision * ($3::integer - 1)))::integer as wait
from auth.throttles as t
where t.key_hash = $1::bytea
