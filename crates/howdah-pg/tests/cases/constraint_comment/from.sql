create table public.t (id int constraint pk primary key, a text constraint uq unique, n int constraint chk check (n > 0));
comment on constraint uq on public.t is 'old';
comment on constraint chk on public.t is 'going';
