-- The sessions of an account that live, the last used first.
-- Parameters: $1 account id. Columns: sessions, a JSON array. PostgreSQL 14 and newer.
select coalesce(jsonb_agg(jsonb_build_object(
         'id', s.id, 'created_at', s.created_at, 'last_used_at', s.last_used_at, 'not_after', s.not_after,
         'idle_until', s.idle_until, 'ip', host(s.ip), 'user_agent', s.user_agent,
         'aal', case when s.mfa_verified_at is null then 'aal1' else 'aal2' end, 'amr', s.amr)
         order by s.last_used_at desc, s.id), '[]') as sessions
from auth.sessions as s
where s.user_id = $1::uuid and s.revoked_at is null and s.not_after > now() and s.idle_until > now()
