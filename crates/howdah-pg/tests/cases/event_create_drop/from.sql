create function public.f() returns event_trigger language plpgsql as 'begin end';
create event trigger gone on ddl_command_end execute function public.f();
