create table public.t (id int primary key, other int);
create index t_both on public.t (id) include (other);
create function public.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger of_column before update of other on public.t for each row execute function public.tf();
create policy p on public.t using (id > 0);
create view public.v as select id from public.t;
create function public.f() returns bigint language sql begin atomic select sum(other) from public.t; end;
