-- The harbour of Saltmouth: a second schema for the conformance cases, made to be met by requests that the railway does not
-- see. Run once, as the owner; data.sql fills it and is run again after every case that may have written.
--
-- harbour is the default schema of the API, depot and the oddly named one are exposed too, shared is the extra search path,
-- hidden is private.

do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant anon, authenticated to howdah_login;

create schema harbour;
create schema depot;
create schema "Odd ""@/\#~_-";
create schema shared;
create schema hidden;
grant usage on schema harbour, depot, "Odd ""@/\#~_-", shared to anon, authenticated;
set search_path = harbour, shared;

-- Types ---------------------------------------------------------------------------------------------------------------

create type ship_kind as enum ('cargo', 'ferry', 'tug');
create type berth_size as (length numeric, depth numeric);
create domain call_sign as text check (value ~ '^[A-Z]{4}$');
create domain positive as integer default 7 check (value > 0);

-- Tables --------------------------------------------------------------------------------------------------------------

create table ports (
  id integer primary key,
  name text not null unique,
  country text,
  opened date,
  info jsonb,
  raw json,
  tags text[] not null default '{}'
);

-- Computed fields are defined on it below.
create table ships (
  id integer primary key,
  name text not null,
  kind ship_kind not null default 'cargo',
  sign call_sign,
  home_id integer constraint ships_home_fkey references ports (id),
  tonnage numeric(8,2),
  built integer,
  insured boolean,
  hull bigint,
  ratio double precision,
  meta jsonb,
  remark text,
  draught numrange,
  depths int4multirange,
  berth berth_size,
  holds integer[],
  manifest bytea,
  refit interval,
  launched timestamptz
);

-- Two foreign keys to ports, one to ships.
create table voyages (
  id integer primary key,
  ship_id integer not null constraint voyages_ship_fkey references ships (id),
  origin_id integer constraint voyages_origin_fkey references ports (id),
  destination_id integer constraint voyages_destination_fkey references ports (id),
  sailing daterange,
  fare numeric(8,2) not null default 0,
  status text not null default 'planned'
);

create table crew (
  id integer primary key,
  name text not null,
  boss_id integer constraint crew_boss_fkey references crew (id)
);

-- The one junction of crew and voyages.
create table assignments (
  crew_id integer references crew (id),
  voyage_id integer references voyages (id),
  duty text,
  hours integer,
  primary key (crew_id, voyage_id)
);

-- One-to-one by its primary key.
create table captains (
  ship_id integer primary key constraint captains_ship_fkey references ships (id),
  name text not null,
  pay numeric
);

-- A junction of a table with itself.
create table mentorings (
  senior_id integer constraint mentorings_senior_fkey references crew (id),
  junior_id integer constraint mentorings_junior_fkey references crew (id),
  primary key (senior_id, junior_id)
);

-- More ways than one between piers and firms: a foreign key, and two junctions.
create table firms (id integer primary key, name text not null);
create table piers (
  id integer primary key,
  name text not null,
  owner_id integer constraint piers_owner_fkey references firms (id)
);
create table leases (
  pier_id integer constraint leases_pier_fkey references piers (id),
  firm_id integer constraint leases_firm_fkey references firms (id),
  rent numeric,
  constraint leases_pkey primary key (pier_id, firm_id)
);
create view long_leases as select * from leases where rent > 100;

-- Two one-to-one relationships between the same two tables.
create table buoys (id integer primary key, name text);
create table lamps (
  id integer primary key,
  first_buoy_id integer unique constraint lamps_first_fkey references buoys (id),
  second_buoy_id integer unique constraint lamps_second_fkey references buoys (id)
);

-- A circle of two tables.
create table yards (id integer primary key, name text, chief_id integer);
create table workers (id integer primary key, name text, yard_id integer constraint workers_yard_fkey references yards (id));
alter table yards add constraint yards_chief_fkey foreign key (chief_id) references workers (id);

-- Composite keys: cranes stand at a berth of a basin; shifts refer to cranes twice.
create table berths (basin text, number integer, length numeric, primary key (basin, number));
create table cranes (
  id integer primary key,
  basin text,
  berth_number integer,
  lift integer,
  constraint cranes_berth_fkey foreign key (basin, berth_number) references berths (basin, number)
);

-- Partitioned by year, referring to ports and referred to.
create table movements (
  id integer,
  year integer,
  port_id integer constraint movements_port_fkey references ports (id),
  tons numeric,
  primary key (id, year)
) partition by list (year);
create table movements_2023 partition of movements for values in (2023);
create table movements_2024 partition of movements for values in (2024);
create table movement_notes (
  id integer primary key,
  movement_id integer,
  movement_year integer,
  body text,
  constraint movement_notes_fkey foreign key (movement_id, movement_year) references movements (id, year)
);

-- Names that collide with what the protocol says.
create table reserved (
  id integer primary key,
  "select" text,
  "order" text,
  "limit" text,
  "and" text,
  "or" text,
  "not" text,
  "columns" text,
  "rpc" text
);
create table "two words" (
  id integer primary key,
  "a.b" text,
  "c d" text,
  "e""f" text,
  "g-h" integer,
  "i:j" text,
  "Über" text,
  "$k" text,
  "two words ref" integer constraint "two words self" references "two words" (id)
);
create table "Straße" (id integer primary key, "größe" numeric, "日本" text);
create table counts (id integer primary key, count integer, name text);
create table batch (id integer primary key, batch text);

-- Writing -------------------------------------------------------------------------------------------------------------

create table items (
  id integer generated by default as identity primary key,
  label text not null default 'none',
  qty positive,
  note text default 'made',
  data jsonb,
  raw json,
  tags text[],
  made timestamptz not null default '2024-01-01 00:00+00'
);
create table settings (key text primary key, value text);
create table pairs (a integer, b integer, c text, primary key (a, b));
create table uniques (id integer generated by default as identity primary key, code text constraint uniques_code_key unique, v integer);
create table keyless (a text, b text);
create table only_keys (id integer primary key);
create table generated (id integer primary key, a text, b text generated always as (a || '!') stored);
create table always (id integer generated always as identity primary key, v text);
create table checked (id integer primary key, n integer not null constraint checked_n_small check (n < 10), word varchar(5));
create table secrets (id integer primary key, open text, closed text);
create table private_table (id integer primary key);
create table guarded (id integer primary key, owner text not null default current_setting('request.jwt.claims', true)::json->>'sub', body text);
alter table guarded enable row level security;
create policy guarded_own on guarded using (owner = current_setting('request.jwt.claims', true)::json->>'sub');

-- What a trigger says of the answer.
create table announced (id integer primary key, name text);
create function announce() returns trigger language plpgsql as $$
begin
  if new.name = 'teapot' then perform set_config('response.status', '418', true); end if;
  perform set_config('response.headers', '[{"Location": "/announced?id=eq.' || new.id || '&by=trigger"}, {"X-Row": "' || new.id || '"}]', true);
  return new;
end $$;
create trigger announce before insert or update on announced for each row execute function announce();

-- Views ---------------------------------------------------------------------------------------------------------------

create view ship_cards as select id, name, kind, home_id as port_id from ships;
create view ferries as select id as ferry_id, name, home_id from ships where kind = 'ferry';
create view voyage_routes as
  with far as (select v.id, v.ship_id, v.origin_id, v.destination_id, v.fare from voyages v where v.fare > 10)
  select far.id, far.ship_id, far.origin_id, far.destination_id, s.name as ship_name
  from far join ships s on s.id = far.ship_id;
create view port_names as select p.id as port_id, p.name from ports p union select id, name from ports;
create view home_ports as select distinct p.id, p.name from ports p join ships s on s.home_id = p.id;
create view port_stats as select p.id, p.name, count(s.id) as ships from ports p left join ships s on s.home_id = p.id group by p.id;
create materialized view fleet as select id, name, home_id from ships;
create view ship_twice as select s.id, s.name, s.home_id, s.home_id as also_home_id from ships s;
create view item_board as select id, label, note from items;
alter view item_board alter column note set default 'by view';
create view assigned as select a.crew_id, a.duty from assignments a;
create view trigger_view as select distinct id, name from ports;
create function trigger_view_update() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger trigger_view_update instead of update on trigger_view for each row execute function trigger_view_update();
create view read_only_items as select id, label from items;

-- Computed fields and relationships -----------------------------------------------------------------------------------

create function title(ships) returns text language sql stable as $$ select 'MV ' || $1.name $$;
create function age(ships) returns integer language sql stable as $$ select 2024 - $1.built $$;
create function shared.is_heavy(harbour.ships) returns boolean language sql stable as $$ select $1.tonnage > 1000 $$;
create function title(ship_cards) returns text language sql stable as $$ select 'Card ' || $1.name $$;
create function sister(ships) returns setof ships rows 1 language sql stable as $$ select * from harbour.ships where home_id = $1.home_id and id <> $1.id order by id limit 1 $$;
create function sisters(ships) returns setof ships language sql stable as $$ select * from harbour.ships where home_id = $1.home_id and id <> $1.id order by id $$;
create function port_of(ships) returns ports language sql stable as $$ select * from harbour.ports where id = $1.home_id $$;
create function boss(crew) returns setof crew rows 1 language sql stable as $$ select * from harbour.crew where id = $1.boss_id $$;
create function staff(crew) returns setof crew language sql stable as $$ select * from harbour.crew where boss_id = $1.id order by id $$;
-- The same name for rows of two tables.
create function near(ports) returns setof ships language sql stable as $$ select * from harbour.ships where home_id = $1.id order by id $$;
create function near(voyages) returns setof ships language sql stable as $$ select * from harbour.ships where id = $1.ship_id $$;
-- Overrides the one that the foreign key makes.
create function captains(ships) returns setof captains rows 1 language sql stable as $$ select * from harbour.captains where ship_id = $1.id and pay is not null $$;

-- Functions -----------------------------------------------------------------------------------------------------------

create function add(a integer, b integer) returns integer language sql immutable as $$ select a + b $$;
create function add3(a integer, b integer default 2, c integer default 3) returns integer language sql immutable as $$ select a + b * 10 + c * 100 $$;
create function hello(name text) returns text language sql immutable as $$ select 'Hello, ' || name $$;
create function bump() returns integer language sql volatile as $$ select nextval('harbour.items_id_seq')::integer $$;
create function write_item(label text) returns setof items language sql volatile as $$ insert into harbour.items (id, label) values (900, label) returning * $$;
create function sneaky() returns void language sql stable as $$ select $$;
create function nothing() returns void language sql volatile as $$ select $$;
create function null_int() returns integer language sql immutable as $$ select null::integer $$;
create function numbers() returns setof integer language sql immutable as $$ select * from generate_series(1, 3) $$;
create function no_rows() returns setof ships language sql stable as $$ select * from harbour.ships where false $$;
create function one_ship(id integer) returns ships language sql stable as $$ select * from harbour.ships s where s.id = one_ship.id $$;
create function all_ships() returns setof ships language sql stable as $$ select * from harbour.ships order by id $$;
create function ships_by(kinds ship_kind[]) returns setof ships language sql stable as $$ select * from harbour.ships where kind = any (kinds) order by id $$;
create function pair() returns berth_size language sql immutable as $$ select row(10.5, 4)::harbour.berth_size $$;
create function pairs_of() returns setof berth_size language sql immutable as $$ values (1.0, 2.0), (3.0, 4.0) $$;
create function rec(out x integer, out y text) language sql immutable as $$ select 1, 'one' $$;
create function one_out(n integer, out twice integer) language sql immutable as $$ select n * 2 $$;
create function inout_one(inout n integer) language sql immutable as $$ select n + 1 $$;
create function tab() returns table (k integer, v text) language sql stable as $$ values (1, 'a'), (2, 'b'), (3, 'c') $$;
create function one_col() returns table (k integer) language sql stable as $$ values (1), (2) $$;
create function any_record() returns record language sql stable as $$ select 1 as id, 'x'::text as name $$;
create function records() returns setof record language sql stable as $$ select id, name from harbour.ports order by id limit 2 $$;
create function join_up(sep text, variadic parts text[] default '{}') returns text language sql immutable as $$ select array_to_string(parts, sep) $$;
create function echo_range(low integer, high integer) returns int4range language sql immutable as $$ select int4range(low, high) $$;
create function echo_json(doc json) returns text language sql immutable as $$ select json_typeof(doc) $$;
create function echo_array(list integer[]) returns integer[] language sql immutable as $$ select list $$;
create function echo_row(r berth_size) returns numeric language sql immutable as $$ select r.length $$;
create function "Quoted Name"("First Arg" text, "order" text default 'none') returns text language sql immutable as $$ select "First Arg" || '/' || "order" $$;

create function over() returns integer language sql immutable as $$ select 0 $$;
create function over(a integer) returns integer language sql immutable as $$ select 1 $$;
create function over(a integer, b integer) returns integer language sql immutable as $$ select 2 $$;
create function over(a text, c text) returns text language sql immutable as $$ select 'ac' $$;
create function same(arg integer) returns integer language sql immutable as $$ select arg $$;
create function same(arg text) returns text language sql immutable as $$ select arg $$;

create function body_json(json) returns json language sql immutable as $$ select $1 $$;
create function body_jsonb(jsonb) returns jsonb language sql immutable as $$ select $1 $$;
create function body_text(text) returns text language sql immutable as $$ select $1 $$;
create function body_bytes(bytea) returns bytea language sql immutable as $$ select $1 $$;
create function body_xml(xml) returns xml language sql immutable as $$ select $1 $$;
create function body_int(integer) returns integer language sql immutable as $$ select $1 $$;
create function mixed(x integer, y integer) returns text language sql immutable as $$ select 'named' $$;
create function mixed(json) returns text language sql immutable as $$ select 'json' $$;
create function both_json(json) returns text language sql immutable as $$ select 'json' $$;
create function both_json(jsonb) returns text language sql immutable as $$ select 'jsonb' $$;

create function setting(name text) returns text language sql stable as $$ select current_setting(name, true) $$;
create function setting_of(name text, key text) returns text language sql stable as $$ select current_setting(name, true)::json->>key $$;
create function who() returns text language sql stable as $$ select current_user::text $$;

create function raise_it(state text, message text, detail text default null, hint text default null) returns void language plpgsql as $$
begin
  raise exception using errcode = state, message = message, detail = coalesce(detail, ''), hint = coalesce(hint, '');
end $$;
create function raise_pgrst(message text, detail text) returns void language plpgsql stable as $$
begin
  if detail is null then raise sqlstate 'PGRST' using message = message; end if;
  raise sqlstate 'PGRST' using message = message, detail = detail;
end $$;
create function raise_plain() returns void language plpgsql stable as $$ begin raise exception 'I refuse'; end $$;
create function raise_full() returns void language plpgsql stable as $$ begin raise exception 'I refuse' using detail = 'Pretty simple', hint = 'Nothing to do.'; end $$;
create function assert_it() returns void language plpgsql stable as $$ begin assert false, 'asserted'; end $$;
create function bad_headers(kind integer) returns integer language plpgsql stable as $$
begin
  perform set_config('response.headers', (array['{"A": "b"}', '[{"A": "b", "C": "d"}]', '[{"A": 1}]', 'nonsense', '["A"]'])[kind], true);
  return 1;
end $$;
create function good_headers() returns integer language plpgsql stable as $$
begin
  perform set_config('response.headers', '[{"Set-Cookie": "a=1; Path=/"}, {"Set-Cookie": "b=2"}, {"X-Thing": "yes"}]', true);
  return 1;
end $$;
create function status_of(status text) returns json language plpgsql stable as $$
begin
  perform set_config('response.status', status, true);
  return '{"message": "as told"}';
end $$;
create function status_then_fail() returns void language plpgsql stable as $$
begin
  perform set_config('response.status', '202', true);
  raise exception 'failed after all';
end $$;

create function delete_items(most integer) returns setof integer language sql volatile as $$ delete from harbour.items where id <= most returning id $$;
create function touch_none() returns integer language sql volatile as $$ update harbour.items set note = 'x'; select 1 $$;

-- Media types ---------------------------------------------------------------------------------------------------------

create domain "text/plain" as text;
create domain "text/html" as text;
create domain "image/gif" as bytea;
create domain "application/vnd.saltmouth+json" as json;
create domain "text/tab-separated-values" as text;
create domain "*/*" as bytea;
create function page() returns "text/html" language sql immutable as $$ select '<h1>Saltmouth</h1>'::"text/html" $$;
create function plain() returns "text/plain" language sql immutable as $$ select 'just text'::"text/plain" $$;
create function pixel() returns "image/gif" language sql immutable as $$ select '\x47494638'::"image/gif" $$;
create function anything() returns "*/*" language sql stable as $$ select 'any'::bytea $$;
create function chosen() returns "*/*" language plpgsql stable as $$
declare accept text := current_setting('request.headers', true)::json->>'accept';
begin
  case accept
    when '*/*' then perform set_config('response.headers', '[{"Content-Type": "app/first"}]', true); return 'first'::bytea;
    when 'app/second' then perform set_config('response.headers', '[{"Content-Type": "app/second"}]', true); return 'second'::bytea;
    else raise sqlstate 'PT406' using message = 'Not Acceptable';
  end case;
end $$;
create function tsv_step(state text, next anyelement) returns "text/tab-separated-values" language sql immutable as $$
  select (coalesce(nullif(state, '') || E'\n', '') || array_to_string(array(select v #>> '{}' from json_each(to_json(next)) as e(k, v)), E'\t'))::"text/tab-separated-values" $$;
create aggregate tsv(anyelement) (sfunc = tsv_step, stype = "text/tab-separated-values", initcond = '');
create function salt_step(state json, next ports) returns "application/vnd.saltmouth+json" language sql immutable as $$
  select (coalesce(state::jsonb, '[]') || jsonb_build_array(next.name))::json::"application/vnd.saltmouth+json" $$;
create aggregate salt(ports) (sfunc = salt_step, stype = "application/vnd.saltmouth+json", initcond = '[]');
create domain "application/json" as json;
create function own_json_step(state json, next only_keys) returns "application/json" language sql immutable as $$ select '{"own": true}'::"application/json" $$;
create aggregate own_json(only_keys) (sfunc = own_json_step, stype = "application/json", initcond = '{"own": "none"}');

-- Other schemas -------------------------------------------------------------------------------------------------------

create table depot.ports (id integer primary key, name text);
create table depot.crates (id integer primary key, port_id integer references depot.ports (id), weight numeric, harbour_port_id integer references harbour.ports (id));
create function depot.weigh(lightest numeric) returns setof depot.crates language sql stable as $$ select * from depot.crates where weight >= lightest order by id $$;
create table "Odd ""@/\#~_-".things (id integer primary key, name text, up integer references "Odd ""@/\#~_-".things (id));
create table hidden.ledgers (id integer primary key, ship_id integer references harbour.ships (id), secret text);
create view ledger_view as select id, ship_id from hidden.ledgers;

-- Comments, for the description ---------------------------------------------------------------------------------------

comment on schema harbour is E'The harbour\n\nof Saltmouth.';
comment on table ports is E'Ports of call.\n\nWith all that is known.';
comment on column ports.country is 'Two letters.';
comment on function hello(text) is E'Says hello.\nTo anybody.';

-- Grants --------------------------------------------------------------------------------------------------------------

grant select, insert, update, delete on all tables in schema harbour, depot, "Odd ""@/\#~_-" to anon, authenticated;
revoke all on private_table from anon, authenticated;
revoke all on secrets from anon, authenticated;
grant select (id, open), insert (id, open, closed), update (open), delete on secrets to anon;
revoke insert, update, delete on read_only_items from anon, authenticated;
revoke insert, update, delete on fleet from anon, authenticated;
grant usage on all sequences in schema harbour to anon, authenticated;
revoke execute on function who() from public;
grant execute on function who() to authenticated;
