create table public.t (id int generated always as identity (sequence name public.my_own_seq) primary key);
