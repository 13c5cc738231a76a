-- The event triggers that tell listeners on the channel howdah_ddl that the schema has changed.
-- Parameters: none; several statements, so for the simple protocol.
-- Columns: none.
-- Needs PostgreSQL 14, and a superuser: PostgreSQL lets nobody else create event triggers. May be run again.
do $create$
begin
  -- Two of us at once would both find nothing and both create.
  perform pg_advisory_xact_lock(hashtextextended('howdah ddl notify', 0));
  if to_regnamespace('howdah') is null then
    create schema howdah;
    comment on schema howdah is 'What Howdah remembers: the migration history and its own work.';
  end if;
end
$create$;

create or replace function howdah.notify_ddl() returns event_trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $function$
declare
  is_news boolean;
begin
  -- A transaction that has notified cannot be prepared, and one that finds the queue full fails when it commits. Neither
  -- may happen to somebody who only wanted a table; who listens polls instead.
  if current_setting('max_prepared_transactions')::integer > 0 or pg_notification_queue_usage() > 0.5 then
    return;
  end if;
  -- These change data, or how it lies on disk.
  if tg_tag in ('REFRESH MATERIALIZED VIEW', 'REINDEX', 'CREATE STATISTICS', 'ALTER STATISTICS', 'DROP STATISTICS') then
    return;
  end if;
  if tg_event = 'sql_drop' then
    -- What a dropped object takes along is temporary when it is.
    is_news := exists (
      select from pg_event_trigger_dropped_objects() o
      where o.original and not o.is_temporary and o.schema_name is distinct from 'pg_temp'
    );
  else
    is_news := exists (
      select from pg_event_trigger_ddl_commands() c where c.schema_name is distinct from 'pg_temp'
    );
  end if;
  if is_news then
    perform pg_notify('howdah_ddl', '');
  end if;
exception
  when others then
    raise debug 'howdah.notify_ddl: % (%)', sqlerrm, sqlstate;
end
$function$;

comment on function howdah.notify_ddl() is 'Tells the listeners on howdah_ddl that the schema has changed.';

do $create$
begin
  if not exists (select from pg_event_trigger where evtname = 'howdah_ddl_command_end') then
    create event trigger howdah_ddl_command_end on ddl_command_end execute function howdah.notify_ddl();
  end if;
  if not exists (select from pg_event_trigger where evtname = 'howdah_sql_drop') then
    create event trigger howdah_sql_drop on sql_drop execute function howdah.notify_ddl();
  end if;
end
$create$;

-- Under session_replication_role = replica, too.
alter event trigger howdah_ddl_command_end enable always;
alter event trigger howdah_sql_drop enable always;
