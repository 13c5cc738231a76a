insert into old.people (id, mood, nick) values (1, 'happy', 'jo');
insert into keep.visits values (1, '2024-01-02');
