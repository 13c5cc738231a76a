create function public.old() returns trigger language plpgsql as 'begin return new; end';
create table public.t (id int primary key);
create trigger x before insert on public.t for each row execute function public.old();
