create domain public.age as int constraint sane check (value between 0 and 150);
create table public.people (id int primary key, age public.age);
create view public.adults as select id, age from public.people where age >= 18;
