-- The rows that every case begins with. Run as the owner, again and again.
set search_path = harbour, shared;
truncate ports, ships, voyages, crew, assignments, captains, mentorings, firms, piers, leases, buoys, lamps, yards, workers,
  berths, cranes, movements, movement_notes, reserved, "two words", "Straße", counts, batch, items, settings, pairs, uniques, keyless,
  only_keys, generated, always, checked, secrets, private_table, guarded, announced, depot.ports, depot.crates,
  "Odd ""@/\#~_-".things, hidden.ledgers restart identity cascade;

insert into ports (id, name, country, opened, info, raw, tags) values
  (1, 'Saltmouth', 'GB', '1850-05-01', '{"size": 10, "address": {"city": "Salt", "lines": ["a", "b"]}, "ok": true, "9": "nine"}', '{"b": 1, "a": {"b": 2}}', '{old,deep}'),
  (2, 'Norhaven', 'NO', '1901-01-15', '{"size": 9, "address": {"city": "Nor"}, "ok": false}', '[1, {"k": "v"}]', '{cold}'),
  (3, 'Ostend, West', 'BE', null, '{"size": null, "address": null}', null, '{}'),
  (4, 'Port (4)', null, '1999-12-31', null, '"text"', '{"with space","comma,inside"}');
insert into ships (id, name, kind, sign, home_id, tonnage, built, insured, hull, ratio, meta, remark, draught, depths, berth, holds, manifest, refit, launched) values
  (1, 'Aurora', 'cargo', 'AURA', 1, 1200.50, 1990, true, 9007199254740993, 'NaN', '{"flag": {"code": "gb"}, "cranes": 4, "tags": ["x", "y"]}', 'carries timber and rats', '[3,5)', '{[1,4),[6,8)}', '(10.5,4)', '{1,2,3}', '\xdeadbeef', '1 year 2 mons', '1990-03-01 12:00+00'),
  (2, 'Bella', 'ferry', 'BELL', 1, 800, 2001, false, -5, 'Infinity', '{"flag": {"code": "no"}, "cranes": 0}', 'a ferry, impossible to miss', '[2,4]', '{}', null, '{}', null, '3 days', '2001-07-04 06:30+02'),
  (3, 'Cormorant', 'tug', null, 2, 150.25, 2010, null, null, 0.1, '{"flag": null, "cranes": "2"}', null, '(,2)', null, '(,1)', '{4,null}', '\x', null, null),
  (4, 'Dora "the" 1st', 'cargo', 'DORA', null, null, null, true, 0, -1.5e300, null, 'It is kind of fun to do the impossible', null, null, null, null, null, null, 'infinity');
insert into voyages (id, ship_id, origin_id, destination_id, sailing, fare, status) values
  (1, 1, 1, 2, '[2024-01-01,2024-01-10)', 100, 'done'),
  (2, 1, 2, 1, '[2024-02-01,2024-02-05)', 50, 'planned'),
  (3, 2, 1, 3, '[2024-01-05,2024-01-06)', 5, 'done'),
  (4, 2, 3, null, null, 20, 'planned'),
  (5, 3, null, 2, 'empty', 75.5, 'lost');
insert into crew (id, name, boss_id) values (1, 'Ann', null), (2, 'Bob', 1), (3, 'Cid', 1), (4, 'Dee', 2), (5, 'Eve', null);
insert into assignments (crew_id, voyage_id, duty, hours) values
  (1, 1, 'bridge', 10), (2, 1, 'engine', 20), (2, 2, 'deck', 5), (3, 3, 'deck', 7), (1, 3, 'bridge', 3), (4, 5, null, null);
insert into captains (ship_id, name, pay) values (1, 'Nemo', 500), (2, 'Kirk', null);
insert into mentorings (senior_id, junior_id) values (1, 2), (1, 3), (2, 4);
insert into firms (id, name) values (1, 'Acme'), (2, 'Bulk');
insert into piers (id, name, owner_id) values (1, 'North', 1), (2, 'South', 2);
insert into leases (pier_id, firm_id, rent) values (1, 2, 150), (2, 1, 50);
insert into buoys values (1, 'red'), (2, 'green');
insert into lamps values (1, 1, 2);
insert into yards values (1, 'Dry dock', null);
insert into workers values (1, 'Will', 1);
update yards set chief_id = 1;
insert into berths values ('east', 1, 100), ('east', 2, 120), ('west', 1, 90);
insert into cranes values (1, 'east', 1, 40), (2, 'east', 1, 60), (3, 'west', 1, 10), (4, null, 1, 5);
insert into movements values (1, 2023, 1, 10), (2, 2023, 2, 20), (1, 2024, 1, 30), (3, 2024, null, 40);
insert into movement_notes values (1, 1, 2023, 'first'), (2, 1, 2024, 'second'), (3, 3, 2024, 'third');
insert into reserved values (1, 's', 'o', 'l', 'a', 'r', 'n', 'c', 'p'), (2, 's2', 'o2', 'l2', 'a2', 'r2', 'n2', 'c2', 'p2');
insert into "two words" values (1, 'dot', 'space', 'quote', 5, 'colon', 'umlaut', 'dollar', null), (2, 'dot.2', 'space,2', 'quo"te', 6, 'co:lon', 'ü', '$', 1);
insert into "Straße" values (1, 12.5, '海'), (2, null, '山');
insert into counts values (1, 10, 'ten'), (2, 20, 'twenty');
insert into batch values (1, 'first');
insert into items (id, label, qty, note, data, raw, tags) values
  (1, 'one', 1, 'n1', '{"a": 1}', '{"a": 1}', '{a}'), (2, 'two', 2, null, null, null, null), (3, 'three', 3, 'n3', '[1, 2]', null, '{b,c}');
select setval('harbour.items_id_seq', 100);
insert into settings values ('a', '1'), ('b', '2');
insert into pairs values (1, 1, 'x'), (1, 2, 'y');
insert into uniques (id, code, v) values (1, 'k1', 1), (2, 'k2', 2);
select setval('harbour.uniques_id_seq', 10);
insert into keyless values ('p', 'q');
insert into only_keys values (1), (2);
insert into generated (id, a) values (1, 'one');
insert into always (v) values ('first');
insert into checked values (1, 1, 'abc');
insert into secrets values (1, 'seen', 'unseen');
insert into guarded (id, owner, body) values (1, 'ada', 'of ada'), (2, 'ben', 'of ben');
insert into announced values (1, 'first');
insert into depot.ports values (1, 'Depot port');
insert into depot.crates values (1, 1, 5, 1), (2, 1, 50, 2), (3, null, 500, null);
insert into "Odd ""@/\#~_-".things values (1, 'root', null), (2, 'leaf', 1);
insert into hidden.ledgers values (1, 1, 'x');
refresh materialized view fleet;
