-- An open account of a person, for whoever appends which: "and u.id = $1::uuid" or the like.
-- Columns: what User::from_row reads. sent_at is an object of the latest mails by the field that clients find them in.
-- PostgreSQL 14 and newer.
select u.id, u.email, u.password_hash, u.role as account_role, u.is_anonymous, u.token_epoch,
       u.is_active and coalesce(u.banned_until <= now(), true) as may_sign_in,
       u.metadata as user_metadata, u.app_metadata,
       to_json(u.email_confirmed_at) #>> '{}' as email_confirmed_at,
       to_json(u.banned_until)       #>> '{}' as banned_until,
       to_json(u.last_login_at)      #>> '{}' as last_sign_in_at,
       to_json(u.created_at)         #>> '{}' as created_at,
       to_json(u.updated_at)         #>> '{}' as updated_at,
       f.factors, f.verified_factors, t.sent_at
from auth.users as u
cross join lateral (
  select coalesce(jsonb_agg(jsonb_build_object(
           'id', m.id, 'friendly_name', m.friendly_name, 'factor_type', m.factor_type,
           'status', case when m.confirmed_at is null then 'unverified' else 'verified' end,
           'created_at', m.created_at, 'updated_at', m.updated_at) order by m.created_at), '[]') as factors,
         count(m.confirmed_at) as verified_factors
  from auth.mfa_factors as m
  where m.user_id = u.id
) as f
cross join lateral (
  select jsonb_build_object(
           'confirmation_sent_at',     max(o.created_at) filter (where o.purpose = 'email_verification'),
           'recovery_sent_at',         max(o.created_at) filter (where o.purpose in ('password_reset', 'magic_link')),
           'email_change_sent_at',     max(o.created_at) filter (where o.purpose = 'email_change'),
           'new_email',                max(o.sent_to)    filter (where o.purpose = 'email_change' and o.consumed_at is null and o.expires_at > now()),
           'invited_at',               max(o.created_at) filter (where o.purpose = 'invitation'),
           'reauthentication_sent_at', max(o.created_at) filter (where o.purpose = 'reauthentication')) as sent_at
  from auth.one_time_tokens as o
  where o.user_id = u.id
) as t
where u.deleted_at is null and u.account_type = 'human'
