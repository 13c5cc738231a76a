create schema app;
create function app.f() returns event_trigger language plpgsql as 'begin end';
-- renamed-from: a
create event trigger watch on ddl_command_end execute function app.f();
comment on event trigger watch is 'After';
