-- Gives a refresh token that was used a moment ago another child: two tabs refreshed at once.
-- Parameters: $1 digest of the token, $2 digest of the child, $3 seconds of grace.
-- Columns: session_id, user_id, amr, has_second_factor, ends_at in seconds since 1970. No row unless the token, or one that
-- was handed out beside it, is the parent of one that is still good, and its session lives. PostgreSQL 14 and newer.
with used as (
  select parent.id as parent_id, s.id as session_id, s.user_id, s.amr, s.mfa_verified_at, s.not_after
  from auth.refresh_tokens as t
  join auth.sessions as s on s.id = t.session_id
  join auth.users as u on u.id = s.user_id
  cross join lateral (
    select p.id
    from auth.refresh_tokens as c
    join auth.refresh_tokens as p on p.id = c.parent_id
    where c.session_id = t.session_id and c.consumed_at is null and (p.id = t.id or p.parent_id = t.parent_id)
    limit 1
  ) as parent
  where t.token_hash = $1::bytea and t.consumed_at > now() - make_interval(secs => $3::integer)
    and s.revoked_at is null and s.not_after > now() and s.idle_until > now()
    and u.is_active and u.deleted_at is null and coalesce(u.banned_until <= now(), true)
), child as (
  insert into auth.refresh_tokens (session_id, token_hash, parent_id, expires_at)
  select used.session_id, $2::bytea, used.parent_id, used.not_after
  from used
)
select used.session_id, used.user_id, used.amr, used.mfa_verified_at is not null as has_second_factor,
       floor(extract(epoch from used.not_after))::bigint as ends_at
from used
