-- Deletes what says nothing any more: revocations older than any access token, limits whose allowance is whole again,
-- refresh tokens of sessions that ended a day ago, sessions that began half a year ago and are over.
-- Parameters: none; several statements, so for the simple protocol. Columns: none.
-- Runs as howdah_auth. PostgreSQL 14 and newer.
delete from auth.revocations where created_at < now() - interval '25 hours';
delete from auth.throttles where full_at < now();
delete from auth.refresh_tokens as t using auth.sessions as s
where s.id = t.session_id and least(s.revoked_at, s.not_after) < now() - interval '1 day';
delete from auth.sessions where created_at < now() - interval '180 days' and not_after < now() - interval '1 day';
