create domain public.code as text
  constraint upper check (value = upper(value)); -- renamed-from: capitals
comment on constraint upper on domain public.code is 'Capitals only';
create table public.t (id int primary key, code public.code);
