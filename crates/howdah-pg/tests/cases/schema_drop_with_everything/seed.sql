insert into old.people (id, mood, nick) values (1, 'happy', 'jo');
insert into keep.visits values (null, '2024-01-02');
