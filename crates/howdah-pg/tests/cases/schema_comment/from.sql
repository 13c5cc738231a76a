create schema app;
create schema plain;
create schema gone;
comment on schema app is 'Before';
comment on schema gone is 'Goes away, the schema stays';
comment on schema public is 'What everybody sees';
