-- Health records.
--
-- Special categories of personal data (GDPR Art. 9). Three things set the table apart: it cannot be written without a live
-- consent, every change is audited and every read is too, and the reporting role sees nothing but dates and counts. There is
-- no search column: what is worth searching is encrypted.


-- ---------------------------------------------------------------------------------------------------------------
-- health_records
-- ---------------------------------------------------------------------------------------------------------------

create table public.health_records (
  id                    uuid             not null default gen_random_uuid(),
  user_id               uuid             not null,
  record_type           text             not null,
  -- howdah:allow timestamp-name: what health records call it; most of them know the time of day
  record_date           timestamptz      not null,
  ended_at              timestamptz,
  provider_name         text,
  facility_name         text,
  description           text,
  diagnosis_codes       text[],
  medication_name       text,
  dosage                text,
  frequency             text,
  measurement_type      text,
  measurement_value     text,
  value_num             double precision,
  measurement_unit      text,
  code_system           text,
  code                  text,
  components            jsonb,
  reference_low         double precision,
  reference_high        double precision,
  clinical_status       text,
  fhir                  jsonb,
  storage_keys          text[],
  is_important          boolean          not null default false,
  notes                 text,
  device_id             uuid,
  metadata              jsonb            not null default '{}',
  source_integration_id uuid,
  source_platform       text,
  source_object_id      text,
  source_hash           bytea,
  import_id             uuid,
  row_version           bigint           not null default 1,
  created_at            timestamptz      not null default now(),
  updated_at            timestamptz      not null default now(),
  deleted_at            timestamptz,

  constraint health_records_pkey                  primary key (id),
  constraint fk_health_records_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_health_records_device             foreign key (user_id, device_id) references public.devices (user_id, id) on delete set null (device_id),
  constraint fk_health_records_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_health_records_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_health_records_record_type       check (record_type in ('appointment', 'medication', 'lab_result', 'vital_sign', 'diagnosis', 'immunization', 'allergy', 'procedure', 'other')),
  constraint chk_health_records_ended_at          check (ended_at >= record_date),
  constraint chk_health_records_provider_name     check (char_length(provider_name) <= 300),
  constraint chk_health_records_facility_name     check (char_length(facility_name) <= 300),
  constraint chk_health_records_description       check (public.encrypted_text_fits(description, 1000)),
  constraint chk_health_records_medication_name   check (public.encrypted_text_fits(medication_name, 300)),
  constraint chk_health_records_dosage            check (public.encrypted_text_fits(dosage, 200)),
  constraint chk_health_records_frequency         check (char_length(frequency) <= 200),
  constraint chk_health_records_measurement_type  check (char_length(measurement_type) <= 100),
  constraint chk_health_records_measurement_value check (char_length(measurement_value) <= 100),
  constraint chk_health_records_measurement_unit  check (char_length(measurement_unit) <= 50),
  constraint chk_health_records_code_system       check (char_length(code_system) <= 200),
  constraint chk_health_records_code              check (char_length(code) <= 100),
  constraint chk_health_records_reference_high    check (reference_high >= reference_low),
  constraint chk_health_records_clinical_status   check (clinical_status in ('preliminary', 'final', 'amended', 'entered_in_error')),
  constraint chk_health_records_storage_keys      check (public.storage_keys_belong_to(storage_keys, user_id)),
  constraint chk_health_records_metadata          check (jsonb_typeof(metadata) = 'object'),
  constraint chk_health_records_source_platform   check (char_length(source_platform) <= 50),
  constraint chk_health_records_source_object_id  check (char_length(source_object_id) <= 255)
);

comment on table  public.health_records                       is 'Health: appointments, medication, lab results, vital signs, diagnoses. Special-category data: writing needs a live consent for the purpose health. @group health @owner user_id @audit read @consent health @version row_version';
comment on column public.health_records.id                    is 'The row''s id.';
comment on column public.health_records.user_id               is 'Whose it is.';
comment on column public.health_records.record_type           is 'What kind of record. @pii health @mask null';
comment on column public.health_records.record_date           is 'When; of something that lasts, its beginning.';
comment on column public.health_records.ended_at              is 'Of something that lasts, its end.';
comment on column public.health_records.provider_name         is 'Who treated or measured. @pii health @mask null';
comment on column public.health_records.facility_name         is 'Where. @pii health @mask null';
comment on column public.health_records.description           is 'What it is about. @pii health @encrypt';
comment on column public.health_records.diagnosis_codes       is 'Codes of the diagnosis, such as ICD-10; each encrypted by itself. @pii health @encrypt';
comment on column public.health_records.medication_name       is 'Which medication. @pii health @encrypt';
comment on column public.health_records.dosage                is 'How much of it. @pii health @encrypt';
comment on column public.health_records.frequency             is 'How often. @pii health @mask null';
comment on column public.health_records.measurement_type      is 'What was measured. @pii health @mask null';
comment on column public.health_records.measurement_value     is 'The result as it was written. @pii health @mask null';
comment on column public.health_records.value_num             is 'The result as a number. @pii health @mask null';
comment on column public.health_records.measurement_unit      is 'Its unit. @pii health @mask null';
comment on column public.health_records.code_system           is 'The system of code, such as LOINC or SNOMED CT. @pii health @mask null';
comment on column public.health_records.code                  is 'The code in that system. @pii health @mask null';
comment on column public.health_records.components            is 'The parts of a result that has several, such as blood pressure, as JSON. @pii health @mask null';
comment on column public.health_records.reference_low         is 'Below this is unusual. @pii health @mask null';
comment on column public.health_records.reference_high        is 'Above this is unusual. @pii health @mask null';
comment on column public.health_records.clinical_status       is 'preliminary, final, amended or entered_in_error. @pii health @mask null';
comment on column public.health_records.fhir                  is 'The FHIR resource it came as; encrypted it is one JSON string. @pii health @encrypt';
comment on column public.health_records.storage_keys          is 'Where files that belong to it lie in the file store, under the owner''s folder.';
comment on column public.health_records.is_important          is 'Whether the person marked it.';
comment on column public.health_records.notes                 is 'What the person noted about it. @pii health @encrypt';
comment on column public.health_records.device_id             is 'The device that measured it.';
comment on column public.health_records.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.health_records.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.health_records.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.health_records.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.health_records.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.health_records.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.health_records.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.health_records.created_at            is 'When the row was made.';
comment on column public.health_records.updated_at            is 'When the row last changed.';
comment on column public.health_records.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_health_records_user_id_record_date             on public.health_records (user_id, record_date desc) where deleted_at is null;
create index        idx_health_records_user_id_updated_at              on public.health_records (user_id, updated_at);
create unique index uq_health_records_source                           on public.health_records (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_health_records_deleted_at                      on public.health_records (deleted_at) where deleted_at is not null;
create index        idx_health_records_user_id_source_integration_id   on public.health_records (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_health_records_user_id_import_id               on public.health_records (user_id, import_id) where import_id is not null;
create index        idx_health_records_user_id_device_id               on public.health_records (user_id, device_id) where device_id is not null;
create index        idx_health_records_user_id_record_type_record_date on public.health_records (user_id, record_type, record_date desc) where deleted_at is null;
create index        idx_health_records_user_id_code_system_code        on public.health_records (user_id, code_system, code) where code is not null and deleted_at is null;

create trigger trg_health_records_touch
  before update on public.health_records
  for each row execute function public.touch_row();
create trigger trg_health_records_consent
  before insert or update on public.health_records
  for each row execute function public.require_consent('health');
create trigger trg_health_records_audit
  after insert or update or delete on public.health_records
  for each row execute function audit.record_change(
    'id', 'user_id', 'record_type', 'provider_name', 'facility_name', 'description', 'diagnosis_codes',
    'medication_name', 'dosage', 'frequency', 'measurement_type', 'measurement_value', 'value_num',
    'measurement_unit', 'code_system', 'code', 'components', 'reference_low', 'reference_high',
    'clinical_status', 'fhir', 'notes', 'metadata');

alter table public.health_records enable row level security;
alter table public.health_records force  row level security;

create policy owner_manages_own on public.health_records
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.health_records
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.health_records
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.health_records is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.health_records is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.health_records is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.health_records to authenticated, service_role;
grant select (
    id, user_id, record_date, ended_at, storage_keys, is_important, device_id, source_integration_id,
    source_platform, source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.health_records to howdah_readonly;
