-- The deparsed text of this check changes each time it is loaded again.

create table public.t (id int primary key, state varchar(10) not null, constraint chk_state check (state in ('new', 'open', 'shut')));
