-- Counts one try against a limit, unless it is used up (the generic cell rate algorithm).
-- Parameters: $1 digest of the limit and its subject, $2 seconds until one more try is allowed, $3 tries at once.
-- Columns: is_allowed. No row when the limit is used up; then nothing was counted. PostgreSQL 14 and newer.
insert into auth.throttles as t (key_hash, full_at)
values ($1::bytea, now() + make_interval(secs => $2::double precision))
on conflict (key_hash) do update
set full_at = greatest(t.full_at, now()) + make_interval(secs => $2::double precision)
where greatest(t.full_at, now()) + make_interval(secs => $2::double precision)
      <= now() + make_interval(secs => $2::double precision * $3::integer)
returning true as is_allowed
