-- Calendar events and tasks.


-- ---------------------------------------------------------------------------------------------------------------
-- calendar_events
-- ---------------------------------------------------------------------------------------------------------------

-- An all-day event has starts_on and ends_on beside starts_at and ends_at: a day is the same day in every time zone, while a
-- point in time shifts.
create table public.calendar_events (
  id                    uuid                 not null default gen_random_uuid(),
  user_id               uuid                 not null,
  title                 text                 not null,
  event_type            text                 not null default 'event',
  starts_at             timestamptz          not null,
  ends_at               timestamptz,
  starts_on             date,
  ends_on               date,
  is_all_day            boolean              not null default false,
  timezone              public.time_zone,
  location              text,
  description           text,
  is_recurring          boolean              not null default false,
  recurrence_rule       text,
  -- howdah:allow timestamp-name: iCalendar's RECURRENCE-ID
  recurrence_id         timestamptz,
  rdates                timestamptz[],
  exdates               timestamptz[],
  organizer_email       public.email_address,
  attendees             text[],
  attendee_details      jsonb,
  meeting_url           public.url,
  status                text                 not null default 'confirmed',
  transparency          text,
  classification        text,
  calendar_name         text,
  ical_uid              text,
  sequence              integer,
  reminder_minutes      integer[],
  search                tsvector             generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(location, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(coalesce(description, ''), 100000)), 'C')
  ) stored,
  metadata              jsonb                not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint               not null default 1,
  created_at            timestamptz          not null default now(),
  updated_at            timestamptz          not null default now(),
  deleted_at            timestamptz,

  constraint calendar_events_pkey                  primary key (id),
  constraint fk_calendar_events_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_calendar_events_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_calendar_events_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_calendar_events_title            check (char_length(title) <= 500),
  constraint chk_calendar_events_event_type       check (event_type in ('event', 'reminder', 'task', 'birthday', 'meeting', 'appointment')),
  constraint chk_calendar_events_ends_at          check (ends_at >= starts_at),
  constraint chk_calendar_events_ends_on          check (ends_on >= starts_on),
  constraint chk_calendar_events_location         check (char_length(location) <= 500),
  constraint chk_calendar_events_meeting_url      check (char_length(meeting_url) <= 500),
  constraint chk_calendar_events_status           check (status in ('confirmed', 'tentative', 'cancelled')),
  constraint chk_calendar_events_transparency     check (transparency in ('opaque', 'transparent')),
  constraint chk_calendar_events_classification   check (classification in ('public', 'private', 'confidential')),
  constraint chk_calendar_events_calendar_name    check (char_length(calendar_name) <= 200),
  constraint chk_calendar_events_ical_uid         check (char_length(ical_uid) <= 500),
  constraint chk_calendar_events_sequence         check (sequence >= 0),
  constraint chk_calendar_events_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_calendar_events_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_calendar_events_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.calendar_events                       is 'Events, reminders and birthdays, as iCalendar knows them. @group calendar @owner user_id @version row_version';
comment on column public.calendar_events.id                    is 'The row''s id.';
comment on column public.calendar_events.user_id               is 'Whose it is.';
comment on column public.calendar_events.title                 is 'What it is.';
comment on column public.calendar_events.event_type            is 'event, reminder, task, birthday, meeting or appointment.';
comment on column public.calendar_events.starts_at             is 'When it begins.';
comment on column public.calendar_events.ends_at               is 'When it ends.';
comment on column public.calendar_events.starts_on             is 'Of an all-day event: the first day.';
comment on column public.calendar_events.ends_on               is 'Of an all-day event: the last day, itself included.';
comment on column public.calendar_events.is_all_day            is 'Whether it lasts whole days.';
comment on column public.calendar_events.timezone              is 'The time zone it was entered in; recurrences follow its clock.';
comment on column public.calendar_events.location              is 'Where it takes place.';
comment on column public.calendar_events.description           is 'What it is about.';
comment on column public.calendar_events.is_recurring          is 'Whether it repeats.';
comment on column public.calendar_events.recurrence_rule       is 'RRULE: how it repeats.';
comment on column public.calendar_events.recurrence_id         is 'Of a changed occurrence: when it would have begun.';
comment on column public.calendar_events.rdates                is 'RDATE: further occurrences.';
comment on column public.calendar_events.exdates               is 'EXDATE: occurrences that fall out.';
comment on column public.calendar_events.organizer_email       is 'Who invited. @pii email @mask email';
comment on column public.calendar_events.attendees             is 'Who is invited. @pii email @mask null';
comment on column public.calendar_events.attendee_details      is 'What each of them answered, as JSON. @pii email @mask null';
comment on column public.calendar_events.meeting_url           is 'Where to join by video. @pii @mask null';
comment on column public.calendar_events.status                is 'confirmed, tentative or cancelled.';
comment on column public.calendar_events.transparency          is 'Whether the time counts as busy (opaque) or free (transparent).';
comment on column public.calendar_events.classification        is 'How private iCalendar says it is: public, private or confidential. Here only its owner sees it.';
comment on column public.calendar_events.calendar_name         is 'The calendar it is in.';
comment on column public.calendar_events.ical_uid              is 'UID of iCalendar; all changed occurrences of a series share it.';
comment on column public.calendar_events.sequence              is 'SEQUENCE of iCalendar: the higher one is the newer version.';
comment on column public.calendar_events.reminder_minutes      is 'How many minutes before to remind.';
comment on column public.calendar_events.search                is 'What full-text search looks through: title, place and description.';
comment on column public.calendar_events.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.calendar_events.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.calendar_events.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.calendar_events.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.calendar_events.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.calendar_events.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.calendar_events.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.calendar_events.created_at            is 'When the row was made.';
comment on column public.calendar_events.updated_at            is 'When the row last changed.';
comment on column public.calendar_events.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_calendar_events_user_id_starts_at             on public.calendar_events (user_id, starts_at desc) where deleted_at is null;
create index        idx_calendar_events_user_id_updated_at            on public.calendar_events (user_id, updated_at);
create unique index uq_calendar_events_source                         on public.calendar_events (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_calendar_events_deleted_at                    on public.calendar_events (deleted_at) where deleted_at is not null;
create index        idx_calendar_events_user_id_source_integration_id on public.calendar_events (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_calendar_events_user_id_import_id             on public.calendar_events (user_id, import_id) where import_id is not null;
create index        idx_calendar_events_search                        on public.calendar_events using gin (search);
create unique index uq_calendar_events_ical                           on public.calendar_events (user_id, calendar_name, ical_uid, recurrence_id) nulls not distinct where ical_uid is not null;
create index        idx_calendar_events_recurring                     on public.calendar_events (user_id, starts_at) where is_recurring and deleted_at is null;
comment on index public.uq_calendar_events_ical is 'NULLS NOT DISTINCT: a series itself has no recurrence_id and may be there once only.';
comment on index public.idx_calendar_events_recurring is 'Series have to be expanded whatever period is asked for.';

create trigger trg_calendar_events_touch
  before update on public.calendar_events
  for each row execute function public.touch_row();

alter table public.calendar_events enable row level security;
alter table public.calendar_events force  row level security;

create policy owner_manages_own on public.calendar_events
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.calendar_events
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.calendar_events
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.calendar_events is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.calendar_events is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.calendar_events is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.calendar_events to authenticated, service_role;
grant select (
    id, user_id, title, event_type, starts_at, ends_at, starts_on, ends_on, is_all_day, timezone, location,
    description, is_recurring, recurrence_rule, recurrence_id, rdates, exdates, status, transparency,
    classification, calendar_name, ical_uid, sequence, reminder_minutes, source_integration_id,
    source_platform, source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.calendar_events to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- tasks
-- ---------------------------------------------------------------------------------------------------------------

create table public.tasks (
  id                    uuid        not null default gen_random_uuid(),
  user_id               uuid        not null,
  title                 text        not null,
  status                text        not null default 'pending',
  description           text,
  due_at                timestamptz,
  due_on                date,
  starts_at             timestamptz,
  completed_at          timestamptz,
  priority              text        not null default 'medium',
  tags                  text[]      not null default '{}',
  project               text,
  list_name             text,
  parent_task_id        uuid,
  subtask_order         integer,
  percent_complete      integer,
  recurrence_rule       text,
  ical_uid              text,
  search                tsvector    generated always as (
    setweight(to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.simple', coalesce(project, '')), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(public.join_words(tags), 10000)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', left(coalesce(description, ''), 90000)), 'C')
  ) stored,
  metadata              jsonb       not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint      not null default 1,
  created_at            timestamptz not null default now(),
  updated_at            timestamptz not null default now(),
  deleted_at            timestamptz,

  constraint tasks_pkey                  primary key (id),
  constraint uq_tasks_user_id_id         unique (user_id, id),
  constraint fk_tasks_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_tasks_parent_task        foreign key (user_id, parent_task_id) references public.tasks (user_id, id) on delete cascade,
  constraint fk_tasks_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_tasks_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_tasks_title            check (char_length(title) <= 500),
  constraint chk_tasks_status           check (status in ('pending', 'in_progress', 'completed', 'cancelled')),
  constraint chk_tasks_priority         check (priority in ('low', 'medium', 'high', 'urgent')),
  constraint chk_tasks_project          check (char_length(project) <= 200),
  constraint chk_tasks_list_name        check (char_length(list_name) <= 200),
  constraint chk_tasks_percent_complete check (percent_complete between 0 and 100),
  constraint chk_tasks_ical_uid         check (char_length(ical_uid) <= 500),
  constraint chk_tasks_completed        check ((status = 'completed') = (completed_at is not null)),
  constraint chk_tasks_parent_task_id   check (parent_task_id <> id),
  constraint chk_tasks_metadata         check (jsonb_typeof(metadata) = 'object'),
  constraint chk_tasks_source_platform  check (char_length(source_platform) <= 50),
  constraint chk_tasks_source_object_id check (char_length(source_object_id) <= 255)
);

comment on table  public.tasks                       is 'Things to do, with subtasks. @group calendar @owner user_id @version row_version';
comment on column public.tasks.id                    is 'The row''s id.';
comment on column public.tasks.user_id               is 'Whose it is.';
comment on column public.tasks.title                 is 'What is to be done.';
comment on column public.tasks.status                is 'pending, in_progress, completed or cancelled.';
comment on column public.tasks.description           is 'More about it.';
comment on column public.tasks.due_at                is 'When it must be done, to the minute.';
comment on column public.tasks.due_on                is 'When it must be done, to the day.';
comment on column public.tasks.starts_at             is 'When it can be begun.';
comment on column public.tasks.completed_at          is 'When it was done.';
comment on column public.tasks.priority              is 'low, medium, high or urgent.';
comment on column public.tasks.tags                  is 'Words the person filed it under.';
comment on column public.tasks.project               is 'The project it belongs to.';
comment on column public.tasks.list_name             is 'The list it is on.';
comment on column public.tasks.parent_task_id        is 'The task it is part of; it goes when that one goes.';
comment on column public.tasks.subtask_order         is 'Its place among its siblings; lowest first.';
comment on column public.tasks.percent_complete      is 'How much is done, 0 to 100.';
comment on column public.tasks.recurrence_rule       is 'RRULE: how it repeats.';
comment on column public.tasks.ical_uid              is 'UID of iCalendar.';
comment on column public.tasks.search                is 'What full-text search looks through: title, project, tags and description.';
comment on column public.tasks.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.tasks.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.tasks.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.tasks.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.tasks.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.tasks.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.tasks.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.tasks.created_at            is 'When the row was made.';
comment on column public.tasks.updated_at            is 'When the row last changed.';
comment on column public.tasks.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';
comment on constraint chk_tasks_completed on public.tasks is 'A task is completed exactly when it says when.';

create index        idx_tasks_user_id_created_at            on public.tasks (user_id, created_at desc) where deleted_at is null;
create index        idx_tasks_user_id_updated_at            on public.tasks (user_id, updated_at);
create unique index uq_tasks_source                         on public.tasks (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_tasks_deleted_at                    on public.tasks (deleted_at) where deleted_at is not null;
create index        idx_tasks_user_id_source_integration_id on public.tasks (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_tasks_user_id_import_id             on public.tasks (user_id, import_id) where import_id is not null;
create index        idx_tasks_search                        on public.tasks using gin (search);
create index        idx_tasks_user_id_parent_task_id        on public.tasks (user_id, parent_task_id) where parent_task_id is not null;
create index        idx_tasks_open                          on public.tasks (user_id, due_at) where status in ('pending', 'in_progress') and deleted_at is null;
create index        idx_tasks_user_id_ical_uid              on public.tasks (user_id, ical_uid) where ical_uid is not null;
create index        idx_tasks_tags                          on public.tasks using gin (tags);
comment on index public.idx_tasks_open is 'What is still to be done, most urgent first.';

create trigger trg_tasks_touch
  before update on public.tasks
  for each row execute function public.touch_row();
create trigger trg_tasks_cycle
  before insert or update of parent_task_id on public.tasks
  for each row when (new.parent_task_id is not null)
  execute function public.guard_cycle('parent_task_id', 'user_id');

alter table public.tasks enable row level security;
alter table public.tasks force  row level security;

create policy owner_manages_own on public.tasks
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.tasks
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.tasks
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.tasks is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.tasks is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.tasks is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.tasks to authenticated, service_role;
grant select (
    id, user_id, title, status, description, due_at, due_on, starts_at, completed_at, priority, tags, project,
    list_name, parent_task_id, subtask_order, percent_complete, recurrence_rule, ical_uid,
    source_integration_id, source_platform, source_object_id, source_hash, import_id, row_version, created_at,
    updated_at, deleted_at
  ) on public.tasks to howdah_readonly;
