create domain public.d as int constraint shall not null;
comment on constraint shall on domain public.d is 'After';
create domain public.e as text;
create domain public.f as text constraint filled not null check (value <> '');
create table public.t (id public.d primary key, e public.e, f public.f);
create domain public.added as int constraint filled not null;
comment on constraint filled on domain public.added is 'New';
create domain public.commented as int not null;
comment on constraint commented_not_null on domain public.commented is 'New';
