-- Devices and the places they, and so their owner, have been.


-- ---------------------------------------------------------------------------------------------------------------
-- devices
-- ---------------------------------------------------------------------------------------------------------------

create table public.devices (
  id                     uuid        not null default gen_random_uuid(),
  user_id                uuid        not null,
  device_type            text        not null,
  device_name            text        not null,
  manufacturer           text,
  model                  text,
  os_name                text,
  os_version             text,
  device_identifier      text,
  device_identifier_bidx bytea,
  ip_address             inet,
  is_primary             boolean     not null default false,
  is_trusted             boolean     not null default false,
  last_seen_at           timestamptz,
  -- howdah:allow date-name: what it is called on the receipt
  purchase_date          date,
  -- howdah:allow date-name: what it is called on the receipt
  warranty_expiry        date,
  push_token             text,
  revoked_at             timestamptz,
  notes                  text,
  metadata               jsonb       not null default '{}',
  source_integration_id  uuid,
  source_platform        text,
  source_object_id       text,
  source_hash            bytea,
  import_id              uuid,
  row_version            bigint      not null default 1,
  created_at             timestamptz not null default now(),
  updated_at             timestamptz not null default now(),
  deleted_at             timestamptz,

  constraint devices_pkey                  primary key (id),
  constraint uq_devices_user_id_id         unique (user_id, id),
  constraint fk_devices_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_devices_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_devices_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_devices_device_type       check (device_type in ('phone', 'computer', 'tablet', 'wearable', 'iot', 'smart_home', 'vehicle', 'other')),
  constraint chk_devices_device_name       check (char_length(device_name) <= 300),
  constraint chk_devices_manufacturer      check (char_length(manufacturer) <= 200),
  constraint chk_devices_model             check (char_length(model) <= 200),
  constraint chk_devices_os_name           check (char_length(os_name) <= 100),
  constraint chk_devices_os_version        check (char_length(os_version) <= 100),
  constraint chk_devices_device_identifier check (public.encrypted_text_fits(device_identifier, 500)),
  constraint chk_devices_metadata          check (jsonb_typeof(metadata) = 'object'),
  constraint chk_devices_source_platform   check (char_length(source_platform) <= 50),
  constraint chk_devices_source_object_id  check (char_length(source_object_id) <= 255)
);

comment on table  public.devices                        is 'The person''s devices. @group places @owner user_id @version row_version';
comment on column public.devices.id                     is 'The row''s id.';
comment on column public.devices.user_id                is 'Whose it is.';
comment on column public.devices.device_type            is 'phone, computer, tablet, wearable, iot, smart_home, vehicle or other.';
comment on column public.devices.device_name            is 'What the person calls it.';
comment on column public.devices.manufacturer           is 'Who made it.';
comment on column public.devices.model                  is 'Which model.';
comment on column public.devices.os_name                is 'Its operating system.';
comment on column public.devices.os_version             is 'The version of that.';
comment on column public.devices.device_identifier      is 'Its serial number or the like. @pii device @encrypt @blind-index';
comment on column public.devices.device_identifier_bidx is 'Blind index of device_identifier: a truncated HMAC.';
comment on column public.devices.ip_address             is 'The address it was last seen at. @pii ip @mask null';
comment on column public.devices.is_primary             is 'Whether it is the main one; at most one is.';
comment on column public.devices.is_trusted             is 'Whether sign-ins from it need less proof.';
comment on column public.devices.last_seen_at           is 'When it was last seen.';
comment on column public.devices.purchase_date          is 'When it was bought.';
comment on column public.devices.warranty_expiry        is 'When its warranty ends.';
comment on column public.devices.push_token             is 'The token notifications are pushed with. @pii device @encrypt';
comment on column public.devices.revoked_at             is 'When it was shut out; NULL while it may sign in.';
comment on column public.devices.notes                  is 'What the person noted about it.';
comment on column public.devices.metadata               is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.devices.source_integration_id  is 'The integration that brought the row; NULL if none did.';
comment on column public.devices.source_platform        is 'Where the row comes from, such as google_takeout.';
comment on column public.devices.source_object_id       is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.devices.source_hash            is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.devices.import_id              is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.devices.row_version            is 'Counts the changes of the row; the API''s ETag.';
comment on column public.devices.created_at             is 'When the row was made.';
comment on column public.devices.updated_at             is 'When the row last changed.';
comment on column public.devices.deleted_at             is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_devices_user_id_last_seen_at           on public.devices (user_id, last_seen_at desc) where deleted_at is null;
create index        idx_devices_user_id_updated_at             on public.devices (user_id, updated_at);
create unique index uq_devices_source                          on public.devices (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_devices_deleted_at                     on public.devices (deleted_at) where deleted_at is not null;
create index        idx_devices_user_id_source_integration_id  on public.devices (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_devices_user_id_import_id              on public.devices (user_id, import_id) where import_id is not null;
create unique index uq_devices_primary                         on public.devices (user_id) where is_primary and deleted_at is null;
create index        idx_devices_user_id_device_identifier_bidx on public.devices (user_id, device_identifier_bidx) where device_identifier_bidx is not null;

create trigger trg_devices_touch
  before update on public.devices
  for each row execute function public.touch_row();

alter table public.devices enable row level security;
alter table public.devices force  row level security;

create policy owner_manages_own on public.devices
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.devices
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.devices
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.devices is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.devices is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.devices is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.devices to authenticated, service_role;
grant select (
    id, user_id, device_type, device_name, manufacturer, model, os_name, os_version, is_primary, is_trusted,
    last_seen_at, purchase_date, warranty_expiry, revoked_at, notes, source_integration_id, source_platform,
    source_object_id, source_hash, import_id, row_version, created_at, updated_at, deleted_at
  ) on public.devices to howdah_readonly;

-- Sessions come with every template, devices with this one: here the two meet.
alter table auth.sessions
  add constraint fk_sessions_device foreign key (user_id, device_id)
    references public.devices (user_id, id) on delete set null (device_id);


-- ---------------------------------------------------------------------------------------------------------------
-- locations
-- ---------------------------------------------------------------------------------------------------------------

-- The table that grows largest, and ready to be partitioned by recorded_at: nothing points at its rows, and a query for a period
-- names it. The BRIN index stays small however many rows there are, because rows arrive nearly in the order of time.
create table public.locations (
  id                    uuid             not null default gen_random_uuid(),
  user_id               uuid             not null,
  location_type         text             not null,
  latitude              public.latitude,
  longitude             public.longitude,
  altitude              double precision,
  accuracy              double precision,
  address               text,
  city                  text,
  state                 text,
  country               text,
  postal_code           text,
  place_name            text,
  place_category        text,
  recorded_at           timestamptz      not null,
  ended_at              timestamptz,
  source_app            text,
  activity_type         text,
  speed                 double precision,
  heading               double precision,
  vertical_accuracy     double precision,
  place_id              text,
  device_id             uuid,
  path                  jsonb,
  geohash               text,
  is_outlier            boolean          not null default false,
  notes                 text,
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

  constraint locations_pkey                  primary key (id),
  constraint fk_locations_user               foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_locations_device             foreign key (user_id, device_id) references public.devices (user_id, id) on delete set null (device_id),
  constraint fk_locations_source_integration foreign key (user_id, source_integration_id) references public.integrations (user_id, id) on delete set null (source_integration_id),
  constraint fk_locations_import             foreign key (user_id, import_id) references public.imports (user_id, id) on delete set null (import_id),
  constraint chk_locations_location_type     check (location_type in ('gps_point', 'address', 'place', 'checkin', 'route')),
  constraint chk_locations_accuracy          check (accuracy >= 0),
  constraint chk_locations_address           check (char_length(address) <= 500),
  constraint chk_locations_city              check (char_length(city) <= 200),
  constraint chk_locations_state             check (char_length(state) <= 200),
  constraint chk_locations_country           check (char_length(country) <= 200),
  constraint chk_locations_postal_code       check (char_length(postal_code) <= 20),
  constraint chk_locations_place_name        check (char_length(place_name) <= 300),
  constraint chk_locations_place_category    check (char_length(place_category) <= 100),
  constraint chk_locations_ended_at          check (ended_at >= recorded_at),
  constraint chk_locations_source_app        check (char_length(source_app) <= 100),
  constraint chk_locations_activity_type     check (char_length(activity_type) <= 100),
  constraint chk_locations_speed             check (speed >= 0),
  constraint chk_locations_heading           check (heading between 0 and 360),
  constraint chk_locations_vertical_accuracy check (vertical_accuracy >= 0),
  constraint chk_locations_place_id          check (char_length(place_id) <= 255),
  constraint chk_locations_path              check (jsonb_typeof(path) = 'object'),
  constraint chk_locations_geohash           check (char_length(geohash) <= 12),
  constraint chk_locations_coordinates       check ((latitude is null) = (longitude is null)),
  constraint chk_locations_metadata          check (jsonb_typeof(metadata) = 'object'),
  constraint chk_locations_source_platform   check (char_length(source_platform) <= 50),
  constraint chk_locations_source_object_id  check (char_length(source_object_id) <= 255)
);

comment on table  public.locations                       is 'Where the person was: points of a track, addresses, places, check-ins and routes. @group places @owner user_id @version row_version';
comment on column public.locations.id                    is 'The row''s id.';
comment on column public.locations.user_id               is 'Whose it is.';
comment on column public.locations.location_type         is 'gps_point, address, place, checkin or route.';
comment on column public.locations.latitude              is 'Where. @pii location @mask geo';
comment on column public.locations.longitude             is 'Where. @pii location @mask geo';
comment on column public.locations.altitude              is 'Metres above sea level.';
comment on column public.locations.accuracy              is 'How far off the point may be, in metres.';
comment on column public.locations.address               is 'The address. @pii address @mask null';
comment on column public.locations.city                  is 'The city.';
comment on column public.locations.state                 is 'The state or region.';
comment on column public.locations.country               is 'The country.';
comment on column public.locations.postal_code           is 'The postal code. @pii address @mask null';
comment on column public.locations.place_name            is 'The name of the place. @pii location @mask null';
comment on column public.locations.place_category        is 'What kind of place.';
comment on column public.locations.recorded_at           is 'When; of a stay or route, its beginning.';
comment on column public.locations.ended_at              is 'Of a stay or route, its end.';
comment on column public.locations.source_app            is 'The app that recorded it.';
comment on column public.locations.activity_type         is 'What the person was doing, such as walking.';
comment on column public.locations.speed                 is 'Metres per second.';
comment on column public.locations.heading               is 'Degrees clockwise from north.';
comment on column public.locations.vertical_accuracy     is 'How far off the altitude may be, in metres.';
comment on column public.locations.place_id              is 'The id of the place where it came from; not a row here. @pii location @mask null';
comment on column public.locations.device_id             is 'The device that recorded it.';
comment on column public.locations.path                  is 'Of a route: a GeoJSON LineString. @pii location @mask null';
comment on column public.locations.geohash               is 'Geohash of the point, for rough search by area. @pii location @mask null';
comment on column public.locations.is_outlier            is 'Whether the point was found to be wrong.';
comment on column public.locations.notes                 is 'What the person noted about it.';
comment on column public.locations.metadata              is 'Free-form JSON object for what has no column of its own. @pii @mask null';
comment on column public.locations.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public.locations.source_platform       is 'Where the row comes from, such as google_takeout.';
comment on column public.locations.source_object_id      is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public.locations.source_hash           is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public.locations.import_id             is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public.locations.row_version           is 'Counts the changes of the row; the API''s ETag.';
comment on column public.locations.created_at            is 'When the row was made.';
comment on column public.locations.updated_at            is 'When the row last changed.';
comment on column public.locations.deleted_at            is 'When the row was moved to the trash; NULL while it is live.';

create index        idx_locations_user_id_recorded_at           on public.locations (user_id, recorded_at desc) where deleted_at is null;
create index        idx_locations_user_id_updated_at            on public.locations (user_id, updated_at);
create unique index uq_locations_source                         on public.locations (user_id, source_platform, source_object_id) nulls not distinct where source_object_id is not null;
create index        idx_locations_deleted_at                    on public.locations (deleted_at) where deleted_at is not null;
create index        idx_locations_user_id_source_integration_id on public.locations (user_id, source_integration_id) where source_integration_id is not null;
create index        idx_locations_user_id_import_id             on public.locations (user_id, import_id) where import_id is not null;
create index        idx_locations_user_id_device_id             on public.locations (user_id, device_id) where device_id is not null;
create unique index uq_locations_gps_point                      on public.locations (user_id, recorded_at, latitude, longitude) where location_type = 'gps_point';
create index        idx_locations_recorded_at                   on public.locations using brin (recorded_at);
create index        idx_locations_user_id_geohash               on public.locations (user_id, geohash) where geohash is not null and deleted_at is null;
comment on index public.uq_locations_gps_point is 'The same point is kept once, however often a track is imported.';

create trigger trg_locations_touch
  before update on public.locations
  for each row execute function public.touch_row();

alter table public.locations enable row level security;
alter table public.locations force  row level security;

create policy owner_manages_own on public.locations
  for all to authenticated
  using (user_id = (select auth.uid()) and (deleted_at is null or (select auth.sees_trash())))
  with check (user_id = (select auth.uid()));
create policy service_manages_all on public.locations
  for all to service_role
  using (true)
  with check (true);
create policy readonly_reads_live on public.locations
  for select to howdah_readonly
  using (deleted_at is null);
comment on policy owner_manages_own   on public.locations is 'A person sees and writes their own rows; those in the trash when the request asks for them.';
comment on policy service_manages_all on public.locations is 'Trusted server code sees and writes every row.';
comment on policy readonly_reads_live on public.locations is 'Reporting reads live rows; column grants keep personal and encrypted data out.';

grant select, insert, update, delete on public.locations to authenticated, service_role;
grant select (
    id, user_id, location_type, altitude, accuracy, city, state, country, place_category, recorded_at,
    ended_at, source_app, activity_type, speed, heading, vertical_accuracy, device_id, is_outlier, notes,
    source_integration_id, source_platform, source_object_id, source_hash, import_id, row_version, created_at,
    updated_at, deleted_at
  ) on public.locations to howdah_readonly;
