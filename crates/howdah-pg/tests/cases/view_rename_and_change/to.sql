create table public.t (id int primary key, name text);
-- renamed-from: items
create view public.things as select id from public.t where name is not null;
comment on view public.things is 'New';
