-- Each policy reads the other table: both tables first, then both policies.

create table public.rooms (id int primary key, open boolean not null);
create table public.guests (id int primary key, room_id int not null, name text not null);
alter table public.rooms enable row level security;
alter table public.guests enable row level security;
create policy r on public.rooms using (exists (select 1 from public.guests g where g.room_id = rooms.id));
create policy g on public.guests using (exists (select 1 from public.rooms r where r.id = guests.room_id and r.open));
