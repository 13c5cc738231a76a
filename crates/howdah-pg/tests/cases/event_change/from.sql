create function public.f() returns event_trigger language plpgsql as 'begin end';
create function public.g() returns event_trigger language plpgsql as 'begin end';
create event trigger a on ddl_command_end when tag in ('CREATE TABLE') execute function public.f();
create event trigger b on ddl_command_start execute function public.f();
create event trigger c on table_rewrite execute function public.f();
alter event trigger b disable;
comment on event trigger a is 'Kept';
