create function public.f() returns event_trigger language plpgsql as 'begin end';
create event trigger on_drop on sql_drop when tag in ('DROP TABLE', 'DROP VIEW') execute function public.f();
create event trigger on_end on ddl_command_end execute function public.f();
comment on event trigger on_end is 'New';
