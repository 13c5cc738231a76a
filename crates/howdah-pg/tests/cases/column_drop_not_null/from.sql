create table public.t (id int primary key, a text not null, n int not null, u uuid not null, d date not null, j jsonb not null);
