create schema app;
create schema plain;
create schema gone;
comment on schema app is 'After: it''s "quoted", and
has two lines';
comment on schema plain is 'New';
