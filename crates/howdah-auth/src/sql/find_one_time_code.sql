-- Finds the latest one-time token whose code was sent to an address, and locks its account.
-- Parameters: $1 address, $2 purposes.
-- Columns: id. No row when there is none, or when its account may not sign in. PostgreSQL 14 and newer.
with sent as (
  select o.id, o.user_id, o.created_at
  from auth.users as a
  join auth.one_time_tokens as o on o.user_id = a.id
  where lower(a.email) = lower($1::text) and a.deleted_at is null and o.purpose <> 'email_change'
    and o.purpose = any ($2::text[]) and o.code_hash is not null and o.consumed_at is null and o.expires_at > now()
  union all
  select o.id, o.user_id, o.created_at
  from auth.one_time_tokens as o
  where lower(o.sent_to) = lower($1::text) and o.purpose = 'email_change' and o.consumed_at is null
    and o.purpose = any ($2::text[]) and o.code_hash is not null and o.expires_at > now()
)
select sent.id
from sent
join auth.users as u on u.id = sent.user_id
where u.account_type = 'human' and u.is_active and u.deleted_at is null and coalesce(u.banned_until <= now(), true)
order by sent.created_at desc
limit 1
for update of u
