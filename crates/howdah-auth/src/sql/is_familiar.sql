-- Whether an account has signed in from a network before.
-- Parameters: $1 account id or NULL, $2 an address of the network or NULL.
-- Columns: is_familiar. PostgreSQL 14 and newer.
select exists (
  select from auth.sessions as s
  where s.user_id = $1::uuid and s.created_at > now() - interval '90 days'
    and network(set_masklen(s.ip, case family(s.ip) when 6 then 64 else 32 end))
      = network(set_masklen($2::inet, case family($2::inet) when 6 then 64 else 32 end))
) as is_familiar
