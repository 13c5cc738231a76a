create function public.new(int) returns int language sql as 'select $1';
create function public.fresh() returns trigger language plpgsql as 'begin return null; end';
create table public.t (id int primary key);
create trigger x before insert on public.t for each row execute function public.fresh();
