create function public.f() returns event_trigger language plpgsql as 'begin end';
create function public.g() returns event_trigger language plpgsql as 'begin end';
create event trigger a on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function public.f();
create event trigger b on ddl_command_start execute function public.f();
create event trigger c on table_rewrite execute function public.g();
alter event trigger b enable always;
alter event trigger c enable replica;
comment on event trigger a is 'Kept';
