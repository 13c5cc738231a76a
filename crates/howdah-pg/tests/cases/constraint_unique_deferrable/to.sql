create table public.t (id int primary key, pos int not null, constraint uq_pos unique (pos) deferrable initially deferred);
