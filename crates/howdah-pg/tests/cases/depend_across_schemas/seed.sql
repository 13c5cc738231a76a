insert into a.t default values;
insert into b.t select id, 'old' from a.t;
