create type public.point2 as (x int, y int);
create type public.address as (street text, "Zip Code" varchar(10), tags text[], at timestamp(3) with time zone);
create type public.empty as ();
