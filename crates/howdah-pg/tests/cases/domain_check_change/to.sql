create domain public.age as int constraint sane check (value >= 0 and value <= 130);
create table public.people (id int primary key, age public.age);
create view public.adults as select id, age from public.people where age >= 18;
