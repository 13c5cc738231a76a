-- The rows that every case begins with. Run as the owner.
set search_path = rail, shared;

truncate regions, stations, operators, lines, line_stops, certificates, drivers, driver_lines, driver_training, services,
  runs, tickets, transfers, vehicles, samples, works, topics, work_topics, milestones, departures, "Lost & Found", "駅", remarks, tasks, parts, fares, labels,
  log_entries, badges, sheds, liveries, visits, staff, complaints, payroll, bookings, archive.lines, archive.closures,
  vault.keys restart identity cascade;
select setval('counter', 1, false);

insert into regions values (1, 'Northfell', null), (2, 'Coast', 1), (3, 'Uplands', 1), (4, 'Skerries', 2);

insert into stations values
  (1, 'HAV', 'Havenby', 2, '1851-05-01', 6, true, '{toilets,cafe,lifts}', '{"zone": 1, "contact": {"phone": "100", "desk": null}, "gates": ["north", "south"]}', row(57.1, -2.1)),
  (2, 'MOS', 'Mossgate', 3, '1862-08-12', 2, false, '{shelter}', '{"zone": 2, "contact": {"phone": "200"}, "gates": []}', row(57.5, -3.0)),
  (3, 'PIN', 'Pinehill', 3, '1899-01-01', 1, false, '{}', null, null),
  (4, 'SKE', 'Skerry Point', 4, '1911-06-30', 2, null, '{toilets,shelter}', '{"zone": 3, "request stop": true}', row(58.2, -2.9)),
  (5, 'OLD', 'Old Quay', null, null, 3, true, '{cafe}', '{"zone": 10}', null);

analyze stations;

insert into operators values (1, 'Fell Rail'), (2, 'Coastal Lines'), (3, 'Dormant Ltd');

insert into lines values
  (1, 'Main', 'main', 1, 1, 3, 120.5, true),
  (2, 'Shore', 'branch', 2, 1, 4, 48.0, false),
  (3, 'Harbour', 'light', 2, 1, 1, 6.2, true),
  (4, 'Ghost', 'branch', null, null, null, null, false);

insert into line_stops values (1, 1, 1), (1, 2, 2), (1, 3, 3), (2, 1, 1), (2, 4, 2), (3, 1, 1);

insert into certificates values (1, '2020-03-01', 'Imrie'), (2, '2021-07-15', null);

insert into drivers values (1, 'Agnes', null, 1), (2, 'Bram', 1, 2), (3, 'Cleo', 2, null);
insert into driver_lines values (1, 1, '2015-01-01'), (1, 2, '2016-01-01'), (2, 1, '2020-01-01');
insert into driver_training values (2, 2, true), (3, 1, false);

insert into services values (1, 10, '06:15', '{mon,tue}'), (1, 20, '17:45', '{fri}'), (2, 10, '09:00', '{sat,sun}');
insert into runs values (1, 1, 10, '2025-01-06', 0), (2, 1, 10, '2025-01-07', 12), (3, 1, 20, '2025-01-10', null), (4, 2, 10, '2025-01-11', 3);

insert into tickets values
  (1, '2024-06-01', 1, 12.50, 'first'), (2, '2024-07-01', 1, 4.00, 'second'), (3, '2025-01-05', 1, 4.20, 'second'),
  (4, '2025-01-06', 2, 8.00, 'second'), (5, '2025-02-01', 4, 30.00, 'first');
refresh materialized view station_sales;

insert into vehicles values
  (1, 'Puffin', 1998, 38.50, 'HAV', 'Coastal Lines'), (2, 'Gannet', 2004, 41.25, 'HAV', 'Coastal Lines'),
  (3, 'Old Tom', 1932, 72.00, 'MOS', 'Fell Rail'), (4, 'Spare', null, null, null, null);

insert into samples (id, flag, small, big, exact, ratio, word, fixed, kind, day, clock, moment, local, span, doc, raw, words, numbers,
                     bytes, key, band, period, place) values
  (1, true, 7, 9007199254740993, 12.500, 0.5, E'a "quote", a \\ and\na new line', 'ab', 'main', '2025-12-14', '13:03:39',
   '2025-12-14 12:00:00+00', '2025-12-14 12:00:00', '1 day 02:00:00', '{"a": [1, null, {"b": "x"}]}', '{"k" :  1}', '{x,"y z"}', '{1,2,3}',
   '\xdeadbeef', '00000000-0000-4000-8000-000000000001', '[1,5)', '[2025-01-01,2025-02-01)', row(1.5, 2.5)),
  (2, false, -3, -1, -0.125, -1e100, '', '', 'light', '0099-01-01', '00:00:00', '2025-06-01 00:30:00+02', '2025-06-01 00:30:00', '-00:05:00',
   '"text"', '[]', '{}', '{}', '', '00000000-0000-4000-8000-000000000002', 'empty', '[2025-03-01,)', null),
  (3, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

insert into works (id, title, notes, chainage, closed) values
  (1, 'Replacing the old bridge over the river', '{"text": "bridge repairs"}', '[10,20)', '[2025-01-01,2025-01-31)'),
  (2, 'Tunnel inspections and bridges', '{"text": "tunnel"}', '[20,35)', '[2025-02-01,2025-03-01)'),
  (3, 'Cutting trees', null, '[50,60)', null);

insert into topics values (1, 'bridges'), (2, 'rivers'), (3, 'unused');
insert into work_topics values (1, 1, 5), (1, 2, 3), (2, 1, 4);
insert into transfers values (1, 1, 2, 10), (2, 2, 4, 25);

insert into milestones select n, case when n % 5 = 0 then 'post ' || n end from generate_series(0, 14) n;

insert into departures values (1, '2025-01-01 12:00:00+00'), (2, '2025-07-01 23:30:00+00');

insert into "Lost & Found" values
  (1, 'seat 4, coach (B)', '2025-01-01', 'umbrella', 'x', 'one\two'), (2, 'platform: 3', null, 'a "hat"', 'y', 'plain'), (3, 'nowhere', null, null, null, null);
insert into "駅" values (1, '東京'), (2, '大阪');
insert into remarks values
  (1, 'plain'), (2, 'a,b'), (3, 'say "hi"'), (4, 'back\slash'), (5, 'x.y'), (6, '(round)'), (7, '100%'), (8, 'null'),
  (9, ''), (10, 'a*b'), (11, '{curly}'), (12, 'colon:here'), (13, ' padded '), (14, null), (15, 'under_score');

insert into tasks (title, priority, done, due, tags, extra) values
  ('Paint the bench', 3, false, '2025-05-01', '{yard}', null), ('Oil the points', 5, true, '2025-04-01', '{track,yard}', '{"by": "Bram"}'),
  ('Wind the clock', 1, true, null, null, null);
insert into parts values ('BOLT', '111', 'Bolt', 40), ('NUT', '222', 'Nut', 60);
insert into fares values ('first', 1, 5.00), ('second', 1, 3.00), ('second', 2, 4.50);
insert into labels values ('fragile'), ('heavy');
insert into log_entries values ('info', 'opened'), ('warn', 'fog');
insert into badges (holder) values ('Agnes');
insert into sheds values (1, 1, 'North shed');
insert into liveries values (1, 16711680, 255), (2, 0, null);
insert into visits default values;

insert into staff values (1, 'Ines', 4000, 'Nes'), (2, 'Jory', 3500, null);
insert into payroll values (1, 100);
insert into bookings values (1, 'ada', 1, '1A'), (2, 'ada', 2, '2A'), (3, 'ben', 1, '1B');

insert into archive.lines values (1, 'Quarry', '1931-01-01'), (2, 'Peat', '1955-09-30');
insert into archive.closures values (1, 1, 'flood'), (2, 2, 'no peat left');
insert into vault.keys values (1, 'never');
