-- Changes an open account of a person as an administrator wants it. What is NULL stays as it is.
-- Parameters: $1 id, $2 address, $3 whether the address counts as proven, $4 stored form of the password, $5 user metadata,
-- $6 app metadata, $7 the account's role, $8 whether it may sign in, $9 seconds of a ban, of which 0 lifts the one there is.
-- Metadata is merged member by member, and one that is null goes. PostgreSQL 14 and newer.
update auth.users
set email = coalesce($2::text, email), is_anonymous = is_anonymous and $2::text is null,
    email_confirmed_at = case $3::boolean when true then coalesce(email_confirmed_at, now()) when false then null
                         else email_confirmed_at end,
    password_hash = coalesce($4::text, password_hash),
    password_changed_at = case when $4::text is null then password_changed_at else now() end,
    metadata = (metadata || coalesce($5::jsonb, '{}'))
               - array(select m.key from jsonb_each($5::jsonb) as m where m.value = 'null'),
    app_metadata = (app_metadata || coalesce($6::jsonb, '{}'))
                   - array(select m.key from jsonb_each($6::jsonb) as m where m.value = 'null'),
    role = coalesce($7::text, role), is_active = coalesce($8::boolean, is_active),
    banned_until = case when $9::double precision is null then banned_until
                        when $9::double precision > 0 then now() + make_interval(secs => $9::double precision) end
where id = $1::uuid and deleted_at is null and account_type = 'human'
