-- A page of the audit trail, the newest first, in the form of Supabase Auth.
-- Parameters: $1 how many, $2 after how many. Columns: event, a JSON object. To be run as service_role.
-- PostgreSQL 14 and newer.
select json_build_object(
         'id', e.id::text,
         'created_at', e.created_at,
         'ip_address', coalesce(host(e.ip), ''),
         'payload', json_build_object(
           'action', e.action, 'log_type', e.resource_type, 'actor_id', e.actor_id, 'actor_role', e.actor_role,
           'traits', json_build_object(
             'resource_id', e.resource_id, 'subject_id', e.subject_id, 'session_id', e.session_id,
             'api_key_id', e.api_key_id, 'request_id', e.request_id, 'changed_columns', e.changed_columns,
             'before', e.before, 'after', e.after))) as event
from audit.audit_events as e
order by e.xid desc, e.id desc
limit $1::bigint offset $2::bigint
