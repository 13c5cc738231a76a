create extension btree_gist;
create table public.rooms (id int, during daterange, constraint rooms_pkey primary key (id, during without overlaps));
create table public.stays (id int primary key, room int, during daterange, constraint fk_room foreign key (room, period during) references public.rooms (id, period during));
create table public.parties (id int primary key, room int, during daterange);
