create table public.t (id int primary key, state varchar(10) not null, constraint chk_state check (state in ('new', 'open')));
