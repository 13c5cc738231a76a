-- Undoes the numbered files of this folder, in reverse order. A template's own down.sql runs before this one.
--
-- The roles stay: they belong to the cluster, and another database may be using them. To remove them from a cluster that
-- no longer holds any such database: drop role anon, authenticated, service_role, howdah_auth, howdah_readonly,
-- howdah_sealer, howdah_login.

-- 05_audit_functions.sql
drop trigger trg_mfa_factors_audit on auth.mfa_factors;
drop trigger trg_api_keys_audit    on auth.api_keys;
drop trigger trg_users_audit       on auth.users;

drop trigger trg_dropped_partitions_no_change  on audit.dropped_partitions;
drop trigger trg_checkpoints_no_purge          on audit.checkpoints;
drop trigger trg_checkpoints_anchoring         on audit.checkpoints;
drop trigger trg_seals_no_change               on audit.seals;
drop trigger trg_audit_events_default_no_purge on audit.audit_events_default;
drop trigger trg_audit_events_no_purge         on audit.audit_events;
drop trigger trg_audit_events_no_delete        on audit.audit_events;
drop trigger trg_audit_events_redaction        on audit.audit_events;

drop function audit.drop_partition(text);
drop function audit.create_partitions(integer);
drop function audit.redact_subject(uuid);
drop function audit.record_read(text, text, jsonb);
drop function audit.record_event(text, text, text, uuid, uuid, jsonb, inet);
drop function audit.record_change();
drop function audit.append(text, text, text, uuid, uuid, text[], jsonb, jsonb, inet, text);
drop function audit.payload_digest(bytea, jsonb, jsonb, inet);

-- 04_audit.sql; the trail goes with all its months, whose truncate triggers need the function below
drop table audit.dropped_partitions;
drop table audit.checkpoints;
drop table audit.seals;
drop table audit.audit_events;

drop function audit.allow_anchoring_only();
drop function audit.allow_redaction_only();

-- 03_auth.sql
drop table auth.throttles;
drop table auth.recovery_codes;
drop table auth.mfa_factors;
drop table auth.one_time_tokens;
drop table auth.api_keys;
drop table auth.refresh_tokens;
drop table auth.revocations;
drop table auth.sessions;
drop table auth.users;
drop function auth.revoke_session();
drop function auth.revoke_account();
drop function auth.count_epoch();

-- 02_functions.sql
drop function public.storage_keys_belong_to(text[], uuid);
drop function public.encrypted_text_fits(text, integer);
drop function public.text_sha256(text);
drop function public.join_words(text[]);
drop function public.guard_cycle();
drop function public.refuse_change();
drop function public.touch_row();
drop function public.set_updated_at();
drop function auth.sees_trash();
drop function auth.role();
drop function auth.uid();
drop function auth.jwt();

-- 01_domains.sql
drop domain public.storage_key;
drop domain public.sha256_digest;
drop domain public.longitude;
drop domain public.latitude;
drop domain public.time_zone;
drop domain public.language_tag;
drop domain public.country_code;
drop domain public.currency_code;
drop domain public.url;
drop domain public.email_address;

-- 00_roles.sql; afterwards the grants of schema public are those PostgreSQL 15 gives
drop schema audit;
drop schema auth;
revoke usage on schema public from anon, authenticated, service_role, howdah_auth, howdah_readonly;
alter default privileges grant execute on functions to public;
