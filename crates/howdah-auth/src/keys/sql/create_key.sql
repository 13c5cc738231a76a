-- Makes an API key.
-- Parameters: $1 account, $2 name, $3 prefix, $4 digest (bytea), $5 scopes (a JSON array), $6 role, $7 for how many
-- seconds it is good or NULL for ever, $8 how many keys an account may have that are good.
-- Columns: see columns.sql, which follows. No row when the account is closed or has that many keys.
-- PostgreSQL 14 and newer.
insert into auth.api_keys as k (user_id, name, prefix, key_hash, scopes, role, expires_at)
select u.id, $2::text, $3::text, $4::bytea, array(select jsonb_array_elements_text($5::jsonb)), $6::text,
       now() + make_interval(secs => $7::float8)
from auth.users as u
where u.id = $1::uuid and u.is_active and u.deleted_at is null
  and (select count(*) from auth.api_keys as o
       where o.user_id = u.id and o.revoked_at is null and o.grace_until is null
         and (o.expires_at is null or o.expires_at > now())) < $8::integer
returning
