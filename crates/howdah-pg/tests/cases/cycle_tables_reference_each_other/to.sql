create table public.a (id int primary key, b_id int);
create table public.b (id int primary key, a_id int not null references public.a);
alter table public.a add foreign key (b_id) references public.b deferrable initially deferred;
create table public.self (id int primary key, parent int references public.self);
create table public.x (id int primary key, y int);
create table public.y (id int primary key, z int);
create table public.z (id int primary key, x int references public.x);
alter table public.x add foreign key (y) references public.y;
alter table public.y add foreign key (z) references public.z;
