-- The railway of Northfell: a schema with everything that the protocol can meet. Run once, as the owner; data.sql fills it
-- and is run again after every case that may have written.
--
-- rail is the default schema of the API, archive the second exposed one, shared its extra search path, vault is private.
-- anon may do everything but what a section below takes away; authenticated may do more.

do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
  if not exists (select from pg_roles where rolname = 'rail_clerk') then create role rail_clerk; end if;
end $$;
grant anon, authenticated, rail_clerk to howdah_login;
-- A role with settings of its own.
alter role rail_clerk set statement_timeout = '900ms';
alter role rail_clerk set default_transaction_isolation = 'repeatable read';
alter role rail_clerk set work_mem = '1234kB';

create schema rail;
create schema archive;
create schema shared;
create schema vault;
grant usage on schema rail, archive, shared to anon, authenticated, rail_clerk;
set search_path = rail, shared;

-- Types ---------------------------------------------------------------------------------------------------------------

create type line_kind as enum ('main', 'branch', 'light');
create domain station_code as text constraint station_code_form check (value ~ '^[A-Z]{3}$');
create type geo_point as (lat numeric, lon numeric);

-- A domain with representations: stored as an integer, seen as #rrggbb.
create domain shared.colour as integer;
create function shared.colour_to_json(shared.colour) returns json
  language sql immutable as $$ select to_json('#' || lpad(to_hex($1), 6, '0')) $$;
create function shared.colour_from_text(text) returns shared.colour
  language sql immutable as $$ select ('x' || lpad(ltrim($1, '#'), 8, '0'))::bit(32)::integer $$;
create function shared.colour_from_json(json) returns shared.colour
  language sql immutable as $$ select shared.colour_from_text($1 #>> '{}') $$;
create cast (shared.colour as json) with function shared.colour_to_json(shared.colour) as implicit;
create cast (text as shared.colour) with function shared.colour_from_text(text) as implicit;
create cast (json as shared.colour) with function shared.colour_from_json(json) as implicit;

-- Tables and their relationships --------------------------------------------------------------------------------------

-- Refers to itself.
create table regions (
  id integer primary key,
  name text not null unique,
  parent_id integer constraint regions_parent_fkey references regions (id)
);

create table stations (
  id integer primary key,
  code station_code not null unique,
  name text not null,
  region_id integer constraint stations_region_fkey references regions (id),
  opened date,
  platforms smallint not null default 2,
  staffed boolean,
  facilities text[] not null default '{}',
  details jsonb,
  position geo_point
);

create table operators (id integer primary key, name text not null);

-- Two foreign keys to stations, and a junction to them as well.
create table lines (
  id integer primary key,
  name text not null,
  kind line_kind not null default 'main',
  operator_id integer constraint lines_operator_fkey references operators (id),
  origin_id integer constraint lines_origin_fkey references stations (id),
  terminus_id integer constraint lines_terminus_fkey references stations (id),
  length_km numeric(6,1),
  electrified boolean not null default false
);

create table line_stops (
  line_id integer constraint line_stops_line_fkey references lines (id),
  station_id integer constraint line_stops_station_fkey references stations (id),
  seq integer not null,
  primary key (line_id, station_id)
);

-- One-to-one: its primary key is its foreign key.
create table certificates (
  line_id integer primary key constraint certificates_line_fkey references lines (id),
  issued date not null,
  inspector text
);

-- Many-to-one and, by UNIQUE, one-to-one to itself.
create table drivers (
  id integer primary key,
  name text not null,
  mentor_id integer unique constraint drivers_mentor_fkey references drivers (id),
  home_id integer constraint drivers_home_fkey references stations (id)
);

-- Two junctions between the same two tables.
create table driver_lines (
  driver_id integer references drivers (id),
  line_id integer references lines (id),
  since date,
  constraint driver_lines_pkey primary key (driver_id, line_id)
);
create table driver_training (
  driver_id integer references drivers (id),
  line_id integer references lines (id),
  passed boolean,
  constraint driver_training_pkey primary key (driver_id, line_id)
);

-- A composite key, and a composite foreign key to it.
create table services (
  line_id integer constraint services_line_fkey references lines (id),
  number integer,
  departs time not null,
  days text[] not null default '{mon,tue,wed,thu,fri}',
  primary key (line_id, number)
);
create table runs (
  id integer primary key,
  line_id integer not null,
  service_number integer not null,
  run_on date not null,
  delay integer,
  constraint runs_service_fkey foreign key (line_id, service_number) references services (line_id, number)
);

-- Partitioned.
create table tickets (
  id integer,
  sold_on date,
  station_id integer constraint tickets_station_fkey references stations (id),
  fare numeric(6,2) not null,
  class text not null default 'second',
  primary key (id, sold_on)
) partition by range (sold_on);
create table tickets_2024 partition of tickets for values from ('2024-01-01') to ('2025-01-01');
create table tickets_2025 partition of tickets for values from ('2025-01-01') to ('2026-01-01');

-- A junction that leaves no doubt: works and topics.
create table works (
  id integer primary key,
  title text not null,
  notes jsonb,
  chainage int4range not null,
  closed daterange,
  search tsvector generated always as (to_tsvector('english', title)) stored
);
create table topics (id integer primary key, name text not null);
create table work_topics (
  work_id integer references works (id),
  topic_id integer references topics (id),
  weight integer,
  primary key (work_id, topic_id)
);

-- Two foreign keys to the same table, and nothing else between the two.
create table transfers (
  id integer primary key,
  from_id integer constraint transfers_from_fkey references stations (id),
  to_id integer constraint transfers_to_fkey references stations (id),
  minutes integer
);

-- No foreign key: its relationships are computed.
create table vehicles (
  id integer primary key,
  name text not null,
  built integer,
  weight numeric(6,2),
  depot_code text,
  operator_name text
);

-- Kinds of values -----------------------------------------------------------------------------------------------------

create table samples (
  id integer primary key,
  flag boolean,
  small smallint,
  big bigint,
  exact numeric(12,3),
  ratio double precision,
  word text,
  fixed char(4),
  kind line_kind,
  day date,
  clock time,
  moment timestamptz,
  local timestamp,
  span interval,
  doc jsonb,
  raw json,
  words text[],
  numbers integer[],
  bytes bytea,
  key uuid,
  band int4range,
  period daterange,
  place geo_point,
  doubled integer generated always as (small * 2) stored
);

create table milestones (km integer primary key, label text);

create table departures (id integer primary key, at timestamptz not null);

-- Names that need quoting.
create table "Lost & Found" (
  "Item No." integer primary key,
  "where (exactly)" text,
  "found,on" date,
  "say ""what""" text,
  "a:b" text,
  "back\slash" text
);
create table "駅" ("番号" integer primary key, "名" text);
create table remarks (id integer primary key, body text);

-- Writing -------------------------------------------------------------------------------------------------------------

create table tasks (
  id integer generated by default as identity primary key,
  title text not null,
  priority integer default 5,
  done boolean not null default false,
  due date,
  tags text[],
  extra jsonb,
  constraint tasks_priority_range check (priority between 0 and 9)
);
create table parts (sku text primary key, barcode text constraint parts_barcode_key unique, name text, quantity integer default 1);
create table fares (class text, zone integer, price numeric(6,2), primary key (class, zone));
create table labels (name text primary key);
create table log_entries (level text, message text);
create table badges (id integer generated always as identity primary key, holder text not null);
create table sheds (id integer primary key, station_id integer not null constraint sheds_station_fkey references stations (id), name text);
create table liveries (id integer primary key, body shared.colour, stripe shared.colour);
-- Only the database fills it: no column has to be given.
create table visits (id integer generated by default as identity primary key, seen boolean default true);

-- Views ---------------------------------------------------------------------------------------------------------------

-- Renamed columns; foreign keys go both ways through it.
create view station_list as select id as station_id, code, name as title, region_id as area_id from stations;
-- A view of a view.
create view station_titles as select station_id as ref, title, area_id from station_list;
-- Two tables at once.
create view line_overview as
  select l.id as line_id, l.name as line_name, l.origin_id, o.id as operator_id, o.name as operator_name
  from lines l join operators o on o.id = l.operator_id;
-- Updatable, with a condition.
create view electrified_lines as select id, name, kind, operator_id, electrified from lines where electrified
  with local check option;
-- Not updatable, no relationships.
create view region_counts as select r.name, count(s.id) as stations from regions r left join stations s on s.region_id = r.id group by r.name;
create view all_names as select id, name from stations union all select id, name from lines;
create materialized view station_sales as
  select station_id, count(*) as sold, sum(fare) as total from tickets group by station_id;
-- Writable by triggers only.
create view task_board as select distinct id, title from tasks;
create function task_board_insert() returns trigger language plpgsql as $$
  begin
    insert into tasks (title) values (new.title) returning id into new.id;
    return new;
  end $$;
create trigger task_board_insert instead of insert on task_board for each row execute function task_board_insert();
-- Reads what it may not change.
create sequence counter;
create view next_number as select nextval('rail.counter') as n;

-- Computed fields and relationships -----------------------------------------------------------------------------------

create function label(lines) returns text language sql stable as $$ select $1.name || ' (' || $1.kind || ')' $$;
create function shared.is_long(rail.lines) returns boolean language sql stable as $$ select $1.length_km > 50 $$;
create function initials(stations) returns text[] language sql stable as $$ select array[left($1.name, 1), left($1.code, 1)] $$;

create function parent(regions) returns setof regions rows 1 language sql stable as $$ select * from rail.regions where id = $1.parent_id $$;
create function children(regions) returns setof regions language sql stable as $$ select * from rail.regions where parent_id = $1.id $$;
create function mentor(drivers) returns setof drivers rows 1 language sql stable as $$ select * from rail.drivers where id = $1.mentor_id $$;
create function mentee(drivers) returns setof drivers rows 1 language sql stable as $$ select * from rail.drivers where mentor_id = $1.id $$;
create function depot(vehicles) returns setof stations rows 1 language sql stable as $$ select * from rail.stations where code = $1.depot_code $$;
create function stabled(stations) returns setof vehicles language sql stable as $$ select * from rail.vehicles where depot_code = $1.code $$;
-- Named like a table: it takes the place of what foreign keys say (here: nothing).
create function operators(vehicles) returns setof operators rows 1 language sql stable as $$ select * from rail.operators where name = $1.operator_name $$;
-- Takes the place of a foreign key, and says something else.
create function stations(sheds) returns setof stations rows 1 language sql stable as $$ select * from rail.stations where id = 5 $$;
-- Through a view.
create function sales(stations) returns setof station_sales rows 1 language sql stable as $$ select * from rail.station_sales where station_id = $1.id $$;

-- Functions -----------------------------------------------------------------------------------------------------------

create function add(a integer, b integer) returns integer language sql immutable as $$ select a + b $$;
create function greet(name text default 'traveller', loud boolean default false) returns text language sql stable
  as $$ select case when loud then upper('Hello ' || name) else 'Hello ' || name end $$;
create function now_and_then() returns setof date language sql stable as $$ values (date '1851-05-01'), (date '2025-12-14') $$;
create function no_dates() returns setof date language sql stable as $$ select date '2000-01-01' where false $$;
create function nothing_at_all() returns text language sql stable as $$ select null::text $$;
create function lines_of(operator text) returns setof lines language sql stable
  as $$ select l.* from rail.lines l join rail.operators o on o.id = l.operator_id where o.name = operator $$;
create function one_line(line integer) returns lines language sql stable as $$ select * from rail.lines where id = line $$;
create function line_lengths(at_least numeric default 0) returns table (line text, km numeric) language sql stable
  as $$ select name, length_km from rail.lines where length_km >= at_least $$;
create function extremes(out shortest numeric, out longest numeric) language sql stable as $$ select min(length_km), max(length_km) from rail.lines $$;
create function one_out(out answer integer) language sql immutable as $$ select 42 $$;
create function in_and_out(inout counter integer, out text_too text) language sql immutable as $$ select counter + 1, 'counted' $$;
create function centre() returns geo_point language sql immutable as $$ select row(57.5, -4.25)::rail.geo_point $$;
create function corners() returns setof geo_point language sql immutable as $$ values (1::numeric, 2::numeric), (3, null) $$;
create function main_kind() returns line_kind language sql immutable as $$ select 'main'::rail.line_kind $$;
create function kinds_in_use() returns line_kind[] language sql stable as $$ select array_agg(distinct kind order by kind) from rail.lines $$;
create function moments() returns timestamptz language sql stable as $$ select at from rail.departures where id = 1 $$;
create function untyped() returns setof record language sql stable as $$ select id, name from rail.operators order by id $$;
create function ring_bell() returns void language sql as $$ insert into rail.log_entries (level, message) values ('bell', 'ding') $$;
create function log_line(level text, message text) returns setof log_entries language sql
  as $$ insert into rail.log_entries values (level, message) returning * $$;
create function clear_done() returns setof tasks language sql as $$ delete from rail.tasks where done returning * $$;
create function clear_done_quietly() returns void language sql as $$ delete from rail.tasks where done $$;
create function lies() returns void language sql stable as $$ select rail.ring_bell() $$;
create function total(variadic numbers integer[]) returns bigint language sql immutable as $$ select sum(n) from unnest(numbers) n $$;
create function joined(variadic words text[] default '{}') returns text language sql immutable as $$ select array_to_string(words, '-') $$;
create function plus_one(numbers integer[]) returns integer[] language sql immutable as $$ select array_agg(n + 1) from unnest(numbers) n $$;
create function kinds_of(kind line_kind) returns setof text language sql stable as $$ select name from rail.lines l where l.kind = kinds_of.kind order by name $$;
create function echo_doc(doc jsonb) returns jsonb language sql immutable as $$ select doc $$;
create function unqualified() returns bigint language plpgsql stable as $$ begin return (select count(*) from stations); end $$;
create function "Mixed Case"("The Arg" integer) returns integer language sql immutable as $$ select "The Arg" * 10 $$;

-- One unnamed parameter takes the body as it is.
create function take_json(json) returns json language sql immutable as $$ select $1 $$;
create function take_jsonb(jsonb) returns integer language sql immutable as $$ select (select count(*)::integer from jsonb_object_keys($1)) $$;
create function take_text(text) returns text language sql immutable as $$ select reverse($1) $$;
create function take_bytes(bytea) returns integer language sql immutable as $$ select octet_length($1) $$;
create function take_xml(xml) returns text language sql stable as $$ select (xpath('/train/@name', $1))[1]::text $$;

-- Overloads.
create function price(zone integer) returns numeric language sql stable as $$ select min(f.price) from rail.fares f where f.zone = price.zone $$;
create function price(zone integer, class text) returns numeric language sql stable
  as $$ select f.price from rail.fares f where f.zone = price.zone and f.class = price.class $$;
create function twice(n integer) returns integer language sql immutable as $$ select n * 2 $$;
create function twice(n text) returns text language sql immutable as $$ select n || n $$;
create function fallback(a integer) returns text language sql immutable as $$ select 'named ' || a $$;
create function fallback(json) returns text language sql immutable as $$ select 'whole ' || ($1->>'b') $$;
create function with_default(a integer) returns text language sql immutable as $$ select 'one' $$;
create function with_default(a integer, b integer, c integer default 3) returns text language sql immutable as $$ select 'two or three' $$;

-- Errors and replies of the database's own.
create function fail() returns void language plpgsql as $$
  begin raise exception 'No train today' using detail = 'Leaves on the line', hint = 'Walk'; end $$;
create function fail_with(state text) returns void language plpgsql as $$
  begin raise exception 'Failed as asked' using errcode = state; end $$;
create function pay() returns void language plpgsql as $$
  begin raise sqlstate 'PT402' using message = 'Ticket needed', detail = 'Zone 3', hint = 'Buy one'; end $$;
create function own_reply() returns void language plpgsql as $$
  begin
    raise sqlstate 'PGRST' using
      message = '{"code":"RAIL1","message":"Line closed","details":"Snow","hint":"Take the bus"}',
      detail = '{"status":419,"status_text":"Snowed In","headers":{"X-Bus":"every hour"}}';
  end $$;
create function short_reply() returns void language plpgsql as $$
  begin raise sqlstate 'PGRST' using message = '{"code":"RAIL2","message":"Short"}', detail = '{"status":404,"headers":{}}'; end $$;
create function broken_reply() returns void language plpgsql as $$
  begin raise sqlstate 'PGRST' using message = 'not JSON', detail = '{"status":404,"headers":{}}'; end $$;
create function broken_reply_detail() returns void language plpgsql as $$
  begin raise sqlstate 'PGRST' using message = '{"code":"RAIL3","message":"x"}', detail = 'not JSON'; end $$;
create function set_reply(headers text, status text default null) returns text language plpgsql as $$
  begin
    perform set_config('response.headers', headers, true);
    perform set_config('response.status', status, true) where status is not null;
    return 'done';
  end $$;
create function setting(name text) returns text language sql stable as $$ select current_setting(name, true) $$;
create function header(name text) returns text language sql stable as $$ select current_setting('request.headers', true)::json ->> name $$;
create function cookie(name text) returns text language sql stable as $$ select current_setting('request.cookies', true)::json ->> name $$;
create function claim(name text) returns text language sql stable as $$ select current_setting('request.jwt.claims', true)::json ->> name $$;
create function whoami() returns text language sql stable as $$ select current_user::text $$;
create function isolated() returns text language sql stable set default_transaction_isolation to 'serializable'
  as $$ select current_setting('transaction_isolation') $$;
create function hasty() returns text language sql stable set statement_timeout to '100ms' as $$ select pg_sleep(3)::text $$;
create function patient() returns text language sql volatile set statement_timeout to '1min' as $$ select pg_sleep(1.2)::text $$;
create function nap(seconds double precision) returns text language sql stable as $$ select pg_sleep(seconds)::text $$;
create function timezone_now() returns text language sql stable as $$ select current_setting('TimeZone') $$;
-- What the option pre-request of a file may name.
create function check_request() returns void language plpgsql as $$
  begin
    if current_setting('request.headers', true)::json ->> 'x-banned' is not null then
      raise insufficient_privilege using message = 'Banned', hint = 'Come back tomorrow';
    end if;
    perform set_config('response.headers', '[{"X-Checked": "yes"}]', true);
  end $$;

-- Media types of the database's own.
create domain "text/plain" as text;
create domain "text/html" as text;
create domain "application/vnd.rail.km" as bytea;
create domain "*/*" as bytea;
create function board() returns "text/html" language sql stable as $$ select '<h1>Departures</h1>'::rail."text/html" $$;
create function plain() returns "text/plain" language sql stable as $$ select 'mind the gap'::rail."text/plain" $$;
create function anything() returns "*/*" language plpgsql stable as $$
  begin
    if current_setting('request.headers', true)::json ->> 'accept' like '%xml%' then
      perform set_config('response.headers', '[{"Content-Type": "text/xml"}]', true);
      return convert_to('<train/>', 'UTF8');
    end if;
    return convert_to('raw', 'UTF8');
  end $$;
create function km_step(state "application/vnd.rail.km", next milestones) returns "application/vnd.rail.km" language sql immutable
  as $$ select (state || convert_to(next.km || ';', 'UTF8'))::rail."application/vnd.rail.km" $$;
create aggregate km_list (milestones) (initcond = '', stype = "application/vnd.rail.km", sfunc = km_step);
create function first_milestones() returns setof milestones language sql stable as $$ select * from rail.milestones where km < 3 $$;

-- The second schema ---------------------------------------------------------------------------------------------------

create table archive.lines (id integer primary key, name text not null, closed_on date);
create table archive.closures (
  id integer primary key,
  line_id integer constraint closures_line_fkey references archive.lines (id),
  reason text
);
create function archive.oldest() returns text language sql stable as $$ select name from archive.lines order by closed_on limit 1 $$;

create function archive.unqualified() returns bigint language plpgsql stable as $$ begin return (select count(*) from lines); end $$;
create function archive.misplaced() returns bigint language plpgsql stable as $$ begin return (select count(*) from stations); end $$;

-- What nobody reaches.
create table vault.keys (id integer primary key, secret text);

-- Who may do what -----------------------------------------------------------------------------------------------------

grant all on all tables in schema rail, archive to anon, authenticated;
grant usage on all sequences in schema rail to anon, authenticated;
grant execute on all functions in schema rail, archive, shared to anon, authenticated;

-- Some columns only.
create table staff (id integer primary key, name text not null, salary integer default 0, nickname text);
grant select (id, name, nickname), insert (id, name), update (nickname) on staff to anon;
grant all on staff to authenticated;
-- Write only.
create table complaints (id integer generated by default as identity primary key, text text not null);
grant insert on complaints to anon;
grant usage on sequence complaints_id_seq to anon;
-- Nothing for anon.
create table payroll (id integer primary key, amount integer);
grant select on payroll to authenticated;
create function audit_payroll() returns integer language sql stable as $$ select 1 $$;
revoke execute on function audit_payroll() from public;
grant execute on function audit_payroll() to authenticated;
-- Row by row.
create table bookings (id integer primary key, owner text not null, line_id integer constraint bookings_line_fkey references lines (id), seat text);
alter table bookings enable row level security;
create policy own_bookings on bookings
  using (owner = current_setting('request.jwt.claims', true)::json ->> 'sub')
  with check (owner = current_setting('request.jwt.claims', true)::json ->> 'sub');
grant all on bookings to anon, authenticated;
