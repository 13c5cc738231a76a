-- A column for each type, and CHECKs of every form that is carried. Nothing is required, so that each can be tried alone.
create schema rules;
create type rules.mood as enum ('happy', 'so so', 'Sad');
create collation rules.no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create domain rules.code as varchar(6) check (value ~ '^[A-Z0-9 ]+$') check (char_length(value) >= 2);
create domain rules.percent as numeric(5,2) check (value between 0 and 100);
create domain rules.filled as text check (value is not null and value <> '');
create domain rules.small as integer check (value > 0);
create domain rules.smaller as rules.small check (value < 10);
create type rules.pair as (a integer, b rules.small);

create table rules.types (
  a_text text, a_varchar varchar(5), a_char char(3), a_varchar_long varchar(300), a_int2 smallint, a_int4 integer, a_int8 bigint,
  a_numeric numeric, a_numeric_10_2 numeric(10,2), a_numeric_3 numeric(3), a_numeric_neg numeric(3,-2), a_numeric_small numeric(2,4),
  a_float4 real, a_float8 double precision, a_bool boolean, a_json json, a_jsonb jsonb, a_bytea bytea, a_uuid uuid,
  a_date date, a_timestamp timestamp, a_timestamptz timestamptz, a_time time, a_timetz timetz, a_mood rules.mood,
  some_text text[], some_int integer[], some_mood rules.mood[], some_code rules.code[], a_pair rules.pair, a_oid oid
);

create table rules.texts (
  len text check (char_length(len) between 2 and 5),
  len_less text check (length(len_less) < 4),
  len_not text check (character_length(len_not) <> 3),
  len_exact text check (char_length(len_exact) = 2),
  octets text check (octet_length(octets) <= 6),
  filled text check (btrim(filled) <> ''),
  trimmed text check (trim(trimmed) = trimmed),
  trim_some text check (trim(both 'xy' from trim_some) <> 'a'),
  rtrimmed text check (rtrim(rtrimmed) <> 'a'),
  listed text check (listed in ('a', 'it''s', '😀', '')),
  listed_not text check (listed_not not in ('a', 'b')),
  one text check (one = 'only'),
  one_or_null text check (one_or_null is null or one_or_null in ('x', 'y')),
  begins text check (starts_with(begins, 'ab/')),
  begins_too text check (begins_too ^@ 'a.b'),
  liked text check (liked like 'a%b_'),
  liked_escape text check (liked_escape like '100\%%'),
  not_liked text check (not_liked not like '%x%'),
  pattern text check (pattern ~ '^[a-z][a-z0-9_]{0,3}$'),
  pattern_dot text check (pattern_dot ~ '^a.b$'),
  pattern_dollar text check (pattern_dollar ~ 'a$'),
  pattern_set text check (pattern_set ~ '^[]a^-]+$'),
  pattern_neg text check (pattern_neg ~ '^[^a-c\n]*$'),
  pattern_alt text check (pattern_alt ~ '^(ab|c(d|e)?f)+$'),
  pattern_bound text check (pattern_bound ~ '^(?:[ab]{2,}|c{1,2}?)$'),
  pattern_case text check (pattern_case ~* '^[k-m]s$'),
  pattern_not_case text check (pattern_not_case !~* 'ab'),
  pattern_astral text check (pattern_astral ~ '^😀.$'),
  pattern_range text check (pattern_range ~ '^[à-ÿ]+$'),
  pattern_brace text check (pattern_brace ~ '^x{y}$'),
  pattern_empty text check (pattern_empty ~ '^(|a)$'),
  pattern_control text check (pattern_control ~ '^\t\n?$'),
  class_space text check (class_space ~ '^[^[:space:]]+$'),
  class_digit text check (class_digit ~ '^\d+$'),
  class_word text check (class_word ~ '^\w+$'),
  class_not text check (class_not !~ '[[:cntrl:]]'),
  class_alpha text check (class_alpha ~ '^[[:alpha:]]*$'),
  either text check (char_length(either) = 1 or either = 'long'),
  neither text check (not (neither = 'a' or neither = 'b')),
  both_ways text check ((both_ways = 'a') = (char_length(both_ways) = 1)),
  cased text check (case when cased = 'x' then true when char_length(cased) > 3 then false else cased <> 'y' end),
  cased_null text check (case cased_null when 'x' then false end),
  distinct_from text check (distinct_from is distinct from 'a'),
  cut_list varchar(4) check (cut_list in ('ab', 'cd')),
  cut_length varchar(4) check (char_length(cut_length) >= 3),
  cut_pattern varchar(4) check (cut_pattern ~ '^a+$'),
  padded_list char(3) check (padded_list in ('ab', 'abc')),
  padded_length char(3) check (char_length(padded_length) >= 2),
  padded_text char(3) check (padded_text::text = 'ab'),
  mixed text check (char_length(mixed) <= 4 and mixed ~ '^[a-f]*$' and mixed <> 'dead')
);

create table rules.numbers (
  i2 smallint check (i2 >= 10), i4 integer check (i4 > -5 and i4 < 5), i8 bigint check (i8 <= 9007199254740993), i8_huge bigint check (i8_huge > 4611686018427387904),
  i_in integer check (i_in in (1, 2, 3)), i_not integer check (i_not <> 0), i_not_in integer check (i_not_in not in (1, 2)),
  i_num integer check (i_num::numeric >= 1.5), i_float integer check (i_float::float8 < 2.5),
  num numeric check (num > 0.1), num_long numeric check (num_long <= 0.12345678901234567890), num_nan numeric check (num_nan >= 0 and num_nan <> 'NaN'),
  num_not numeric check (num_not <> 1.5),
  cents numeric(10,2) check (cents >= 0), cents_above numeric(10,2) check (cents_above > 0), cents_eq numeric(10,2) check (cents_eq = 1.25),
  cents_range numeric(10,2) check (cents_range between -1.5 and 1.5), whole numeric(5) check (whole < 10), hundreds numeric(5,-2) check (hundreds >= 100),
  f8 double precision check (f8 >= 0.1 and f8 <= 0.3), f8_inf double precision check (f8_inf < 'Infinity'),
  f4 real check (f4 <= 100), f4_real real check (f4_real >= 0.1::real), f4_double real check (f4_double > 0.1),
  p rules.percent, s rules.smaller
);

create table rules.others (
  obj jsonb check (jsonb_typeof(obj) = 'object'), arr jsonb check (jsonb_typeof(arr) = 'array'), scalar jsonb check (jsonb_typeof(scalar) in ('string', 'number')),
  empty jsonb check (empty = '{}'), not_empty jsonb check (not_empty <> '[]'), plain json check (json_typeof(plain) = 'object'),
  digest bytea check (octet_length(digest) = 4), longer bytea check (length(longer) >= 2),
  yes boolean check (yes), no boolean check (not no), is_true boolean check (is_true is true),
  ident uuid check (ident <> '00000000-0000-0000-0000-000000000000'), ident_text uuid check (starts_with(ident_text::text, 'ab')),
  after date check (after >= '2020-02-29'), before timestamp check (before < '2020-01-01 12:00:00.5'), tie timestamp check (tie > '2020-01-01 12:00:00'), moment timestamptz check (moment > '2020-01-01 00:00:00+00'),
  mood rules.mood check (mood <> 'Sad'), mood_in rules.mood check (mood_in in ('happy', 'so so')), mood_text rules.mood check (char_length(mood_text::text) > 3),
  few text[] check (cardinality(few) <= 2), several text[] check (array_length(several, 1) >= 2), known text[] check (known <@ array['a', 'b']), not_several text[] check (not (array_length(not_several, 1) > 1)),
  f rules.filled, c rules.code
);

-- About more than one column, and about null.
create table rules.rows (
  a text, b text, n integer, m integer, x numeric(6,2), y numeric(6,2), d date, e date, t timestamptz, u timestamptz, k uuid, l uuid, ok boolean, flag boolean,
  preset integer default 5, j jsonb,
  constraint together check ((a is null) = (b is null)),
  constraint order_of_days check (e >= d),
  constraint order_of_times check (u >= t),
  constraint not_itself check (k <> l),
  constraint one_of check (num_nonnulls(n, m) <= 1),
  constraint cents check (x <= y),
  constraint cents_differ check (x <> y),
  constraint when_ok check (not ok or (a is not null and n > 0)),
  constraint either_null check (flag is null or ok is null or flag = ok),
  constraint by_case check (case when flag then d is null when n = 1 then m is null else true end),
  constraint preset_fits check (preset > 3 or a = 'few'),
  constraint preset_there check (preset is not null),
  constraint begins_so check (starts_with(b, a || '/')),
  constraint same_text check (a <> b or a = 'same'),
  constraint needed check (n is not null or j is null or j = '{}')
);
-- Rounding alone decides.
create table rules.cents (
  x numeric(6,2), y numeric(6,2), constraint in_order check (x <= y), constraint not_the_same check (x <> y)
);
create table rules.computed (
  n integer, made integer generated always as (n / 2) stored, constraint made check (made < 100 or n = 1000)
);

-- What a trigger may change is not checked by clients.
create function rules.tidy() returns trigger language plpgsql as $$
begin
  new.slug := lower(new.slug);
  return new;
end $$;
create table rules.touched (
  slug text not null check (slug ~ '^[a-z]+$'), name text not null check (name <> ''), other text check (other <> slug)
);
create trigger tidy before insert on rules.touched for each row execute function rules.tidy();

-- What is not carried.
create table rules.left_out (
  a text collate rules.no_case check (a <> 'x'), b text check (upper(b) = b), c text check (c > 'a'), d text check (d ~ '\mword\M'), e interval check (e > '1 day'),
  f integer check (f % 2 = 0), g text check (g ~ '(a)\1'), h text check (h ~ '[[:punct:]]'), i text check (i ilike 'a%'), j text[] check ('x' = any (j))
);
create table rules.later (a integer);
insert into rules.later values (-1);
alter table rules.later add constraint positive check (a > 0) not valid;
