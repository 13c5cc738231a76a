create table public.t (pos int, constraint uq_pos unique (pos) deferrable initially deferred);
