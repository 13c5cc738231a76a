create function public.f() returns event_trigger language plpgsql as 'begin end';
-- renamed-from: watch
create event trigger a on ddl_command_end execute function public.f();
comment on event trigger a is 'Before';
