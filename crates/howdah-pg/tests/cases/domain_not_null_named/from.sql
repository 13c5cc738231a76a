create domain public.d as int constraint must not null;
comment on constraint must on domain public.d is 'Before';
create domain public.e as text not null;
create domain public.f as text;
create table public.t (id public.d primary key, e public.e, f public.f);
create domain public.gone as int constraint filled not null;
create domain public.commented as int not null;
