-- Makes an account as an administrator wants it.
-- Parameters: $1 id, $2 address, $3 stored form of the password or NULL, $4 whether the address counts as proven, $5 user
-- metadata or NULL, $6 app metadata or NULL, $7 the account's role or NULL, $8 whether it may sign in or NULL, $9 seconds of
-- a ban or NULL. Members of metadata that are null are left out. PostgreSQL 14 and newer.
insert into auth.users (id, email, password_hash, password_changed_at, email_confirmed_at, metadata, app_metadata, role,
                        is_active, banned_until)
values ($1::uuid, $2::text, $3::text, case when $3::text is not null then now() end, case when $4::boolean then now() end,
        coalesce($5::jsonb - array(select m.key from jsonb_each($5::jsonb) as m where m.value = 'null'), '{}'),
        coalesce($6::jsonb - array(select m.key from jsonb_each($6::jsonb) as m where m.value = 'null'), '{}'),
        coalesce($7::text, 'user'), coalesce($8::boolean, true),
        case when $9::double precision > 0 then now() + make_interval(secs => $9::double precision) end)
