-- A foreign key points at the generated column that has to be made again.

create table public.t (id int primary key, code varchar(30) not null, up text generated always as (upper(code::text)) stored unique);
create table public.r (up text references public.t (up));
