-- A schema of oddities, for the generated Rust client: names, comments and types that go wrong where code is careless.

create schema "Odd ""Schema"" 😀";
comment on schema "Odd ""Schema"" 😀" is E'Ends */ with `ticks`,\n    indented,\n<script>alert(1)</script> and ${this}.';
create schema "mod";
create schema "support";
create schema ext;
create extension citext schema ext;

-- Enums.
create type public.mood as enum ('sad', 'ok', 'HAPPY!', 'in progress', 'in_progress', 'self', '9', '', '😀', 'it''s "so"', 'Ok');
comment on type public.mood is E'Line one\n\nLine <b>three</b>. @deprecated use feelings';
create type public.nothing as enum ();
create type public."Option" as enum ('Some', 'None');
create type "mod"."type" as enum ('fn', 'struct');

-- Domains.
create domain public.short as varchar(3) default 'abc' check (value <> 'bad');
create domain public.shorter as public.short default 'ab' check (char_length(value) <= 2);
create domain public.amount as numeric(12, 2) not null check (value >= 0);
create domain public.feeling as public.mood default 'ok';
create domain public.numbers as integer[] check (array_length(value, 1) <= 5);
create domain public.code as char(4);

-- Ranges and composites.
create type public.float_range as range (subtype = float8);
create type public.mood_range as range (subtype = public.mood);
create type public.inet_range as range (subtype = inet);
create type public.price as (amount numeric(12, 2), currency text, "Mood" public.mood, short public.shorter);
comment on column public.price.amount is 'How much. <i>Exactly.</i>';
create type public.line as (price public.price, "type" integer, tags text[], spans int4range, at timestamptz, prices public.price[]);
create type public.empty_composite as ();
create type public.timed as (every interval, note text);
create domain public.priced as public.price;

create table public.pair (a integer, b text);

-- Every base type that a column can have, arrays of them, and all the kinds above.
create table public.everything (
  id bigint generated always as identity primary key,
  c_bool bool, c_int2 int2, c_int4 int4, c_int8 int8, c_oid oid, c_float4 float4, c_float8 float8,
  c_numeric numeric, c_numeric_small numeric(10, 3), c_text text, c_varchar varchar(5), c_char char(4), c_name name,
  c_byte "char", c_bytea bytea, c_uuid uuid, c_json json, c_jsonb jsonb, c_date date, c_timestamp timestamp,
  c_timestamptz timestamptz, c_time time, c_timetz timetz, c_interval interval, c_money money, c_inet inet, c_cidr cidr,
  c_macaddr macaddr, c_macaddr8 macaddr8, c_bit bit(3), c_varbit varbit(5), c_point point, c_line line, c_lseg lseg,
  c_box box, c_path path, c_polygon polygon, c_circle circle, c_tsvector tsvector, c_tsquery tsquery, c_xml xml,
  c_jsonpath jsonpath, c_pg_lsn pg_lsn, c_xid8 xid8, c_regclass regclass, c_tid tid, c_snapshot pg_snapshot,
  c_int4range int4range, c_int8range int8range, c_numrange numrange, c_daterange daterange, c_tsrange tsrange,
  c_tstzrange tstzrange, c_int4multirange int4multirange, c_nummultirange nummultirange,
  c_tstzmultirange tstzmultirange, c_float_range public.float_range, c_float_multirange public.float_multirange,
  c_mood_range public.mood_range, c_inet_range public.inet_range,
  c_mood public.mood, c_type "mod"."type", c_option public."Option",
  c_short public.short, c_shorter public.shorter, c_amount public.amount default 0, c_feeling public.feeling,
  c_numbers public.numbers, c_code public.code, c_priced public.priced,
  c_price public.price, c_order_line public.line, c_empty public.empty_composite, c_timed public.timed,
  c_pair public.pair, a_pair public.pair[],
  a_bool bool[], a_int2 int2[], a_int4 int4[], a_int8 int8[], a_float4 float4[], a_float8 float8[],
  a_numeric numeric(10, 2)[], a_text text[], a_varchar varchar(5)[], a_char char(4)[], a_bytea bytea[], a_uuid uuid[],
  a_jsonb jsonb[], a_date date[], a_timestamp timestamp[], a_timestamptz timestamptz[], a_interval interval[],
  a_inet inet[], a_bit bit(3)[], a_int4range int4range[], a_mood public.mood[], a_feeling public.feeling[],
  a_shorter public.shorter[], a_amount public.amount[], a_numbers public.numbers[], a_code public.code[],
  a_price public.price[], a_timed public.timed[],
  g_twice int8 generated always as (c_int4::int8 * 2) stored
);
comment on table public.everything is 'A column of each type.';
comment on column public.everything.c_numeric is E'Exact.\n    let not_a_doctest = 1;\n```\nfenced\n```\n# Heading\n- item\n[link](http://x) see https://example.com @pii';
comment on column public.everything.c_text is 'Text. @deprecated say "nothing" \ here';

-- Names.
create table "Odd ""Schema"" 😀"."Table ""of"" 😀" (
  "id" uuid primary key default gen_random_uuid(),
  "type" text not null, "self" text, "Self" text, "crate" text, "fn" text, "async" text, "9 lives" integer default 9,
  "a b" text, "a-b" text, "a_b" text, "A B" text, "größe" text, "naïve 😀" text, "日本語" text,
  "client" text not null, "limit" integer not null, "query" text, "row" text, """; drop table x; --" text, "$1" text,
  "{}" text, "{0}" text, "a\b" text, U&"new\000Aline" text, U&"tab\0009here" text, "ends " text, "//" text, "/* */" text,
  U&"bi\202Edi" text, "UPPER" text, "camelCase" text, "_" text, "__x" text, "t" text, "excluded" text,
  "a234567890123456789012345678901234567890123456789012345678901_x" text, "a234567890123456789012345678901234567890123456789012345678901_y" text,
  "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀" text,
  unique ("client", "limit"),
  unique ("type")
);
comment on table "Odd ""Schema"" 😀"."Table ""of"" 😀" is E'A `table` */ "quoted" ${x}\r\nsecond \\ line | with pipe\n#![allow(everything)]\n/// more\n\u202Ebidi';
comment on column "Odd ""Schema"" 😀"."Table ""of"" 😀"."type" is E'ends with a backslash \\';
create table "Odd ""Schema"" 😀"."types" ("mod" integer primary key);
create table "Odd ""Schema"" 😀"."functions" ("id" integer primary key);
create table "Odd ""Schema"" 😀"."Types" ("id" integer primary key, types_mod integer references "Odd ""Schema"" 😀"."types");
create table "mod"."mod" ("mod" "mod"."type" primary key);
create table "support"."support" (a integer primary key);
create table "support".a (a integer);

-- No key, no columns, no columns that can be written, only a nullable key.
create table public.keyless (a integer, b text default 'x');
create table public.nothing_at_all ();
create table public.unwritable (id integer generated always as identity primary key, twice integer generated always as (7) stored);
create table public.maybe_keyed (a integer unique, b text);
create table public.unique_keyed (a integer not null unique, b text not null, unique (b, a));

-- A type whose operators are in no schema that is searched.
create table public.folded (name ext.citext primary key, other ext.citext, note text, list ext.citext[]);
create index on public.folded (other, name);

-- Cyclic foreign keys.
create table public.hens (id integer primary key, egg_id integer not null);
create table public.eggs (id integer primary key, hen_id integer references public.hens, twin_id integer references public.eggs);
alter table public.hens add foreign key (egg_id) references public.eggs deferrable initially deferred;
create index on public.eggs (hen_id);
create index on public.hens (egg_id, id);

-- Partitions.
create table public.events (day date not null, id bigint generated by default as identity, kind text not null default 'x', primary key (day, id)) partition by range (day);
create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01');
create table public.events_rest partition of public.events default;
create index on public.events (kind, day desc);

-- Versions and soft deletion; everything that can be ordered by.
create table public.owners (id integer primary key, name text not null);
create table public.things (
  id integer generated by default as identity primary key,
  owner_id integer not null references public.owners,
  slug text not null,
  title text not null,
  note text,
  rank integer,
  price numeric(10, 2) not null default 0,
  happened_at timestamptz not null default now(),
  version integer not null default 1,
  deleted_at timestamptz
);
comment on table public.things is 'Things of owners. @version version';
create unique index things_slug on public.things (owner_id, slug) where deleted_at is null;
create index things_by_time on public.things (owner_id, happened_at desc) where deleted_at is null;
create index things_by_rank on public.things (rank desc nulls last, title);
create index things_by_rank_first on public.things (rank nulls first);
create index things_by_price on public.things (price, title desc);

-- A version that a trigger counts.
create table public.counted (id integer primary key, note text, version bigint not null default 1);
comment on table public.counted is 'Counted by a trigger. @version version';
create function public.count_up() returns trigger language plpgsql as $$
begin new.version := old.version + 1; return new; end $$;
create trigger counted_version before update on public.counted for each row execute function public.count_up();

-- Row-level security.
create table public.secrets (id integer primary key, who name not null default current_user, words text not null, locked boolean not null default false, version integer not null default 1);
comment on table public.secrets is 'Seen by who wrote it. @version version';
alter table public.secrets enable row level security;
alter table public.secrets force row level security;
create policy seen on public.secrets for select using (who = current_user);
create policy added on public.secrets for insert with check (who = current_user);
create policy changed on public.secrets for update using (who = current_user and not locked);
create policy gone on public.secrets for delete using (who = current_user and not locked);

-- Views.
create view public.happy as select id, title, rank from public.things where rank > 0;
comment on view public.happy is 'The happy ones. @deprecated nobody is';
create materialized view public.totals as select owner_id, count(*) as things, sum(price) as price from public.things group by owner_id;
create unique index on public.totals (owner_id);
create view public.statistics as select tablename, attname, most_common_vals::text as vals from pg_catalog.pg_stats;
create view public.columns as select table_name, ordinal_position from information_schema.columns;

-- Functions.
create function public.add(a integer, b integer default 1) returns integer language sql immutable strict as 'select a + b';
create function public.add(a text, b text) returns text language sql immutable as $$ select coalesce(a, '-') || coalesce(b, '-') $$;
create function public.nameless(integer, text default 'x') returns text language sql as $$ select $2 || $1 $$;
create function public.nothing_back(a integer) returns void language sql as 'select 1';
create function public.many(n integer) returns setof integer language sql as 'select generate_series(1, n)';
create function public.many_intervals() returns setof interval language sql as $$ values (interval '1 day'), (null) $$;
create function public.pairs(n integer) returns table (a integer, "Some B" numeric, c inet) language sql
  as $$ select i, i / 2.0, '10.0.0.1'::inet from generate_series(1, n) i $$;
create function public.two(out a integer, out b public.mood) language sql as $$ select 1, 'sad'::public.mood $$;
create function public.things_of(owner integer) returns setof public.things language sql stable
  as 'select * from public.things where owner_id = owner';
create function public.one_thing(id integer, deleted boolean default false) returns public.things language sql stable
  as 'select * from public.things t where t.id = one_thing.id and (deleted_at is not null) = deleted';
create function public.dear(amount numeric, currency text default 'CHF', "Mood" public.mood default 'ok') returns public.price language sql
  as $$ select row(amount, currency, "Mood", 'ab')::public.price $$;
create function public.sum_all(variadic n integer[]) returns bigint language sql as 'select sum(x) from unnest(n) x';
create function public.joined_up(separator text default ',', variadic parts text[] default '{}') returns text language sql as $$ select array_to_string(parts, separator) $$;
create function public.anything(anyelement) returns anyelement language sql as 'select $1';
create function public.unknown_columns() returns setof record language sql as 'select 1';
create function public."Drop ""it""; --"("a b" text, "fn" text default 'x') returns text language sql as $$ select "a b" || fn $$;
comment on function public."Drop ""it""; --"(text, text) is E'Does\n    nothing. <script> @deprecated do not';
create procedure public.do_it(a integer) language sql as 'insert into public.owners values (a, ''by procedure'')';
create procedure public.swap(inout a integer, inout b integer) language plpgsql as $$ declare c integer := a; begin a := b; b := c; end $$;
create procedure public.swap_intervals(inout a interval) language plpgsql as $$ begin end $$;
