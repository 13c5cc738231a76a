-- What ApiKey::from_row reads of auth.api_keys as k, for whoever appends it to a select or a returning.
-- PostgreSQL 14 and newer.
k.id, k.user_id, k.name, k.prefix, to_json(k.scopes) as scopes, k.role,
case
  when k.revoked_at is not null then 'revoked'
  when k.expires_at <= now() then 'expired'
  when k.grace_until <= now() then 'replaced'
  when k.grace_until is not null then 'ending'
  else 'good'
end as state,
to_json(k.created_at)   #>> '{}' as created_at,
to_json(k.expires_at)   #>> '{}' as expires_at,
to_json(k.last_used_at) #>> '{}' as last_used_at,
to_json(k.grace_until)  #>> '{}' as grace_until,
to_json(k.revoked_at)   #>> '{}' as revoked_at,
k.rotated_from_id
