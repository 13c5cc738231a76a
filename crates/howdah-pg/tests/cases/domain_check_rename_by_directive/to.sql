create domain public.code as text
  constraint capitals check (value = upper(value)); -- renamed-from: upper
comment on constraint capitals on domain public.code is 'Capitals only';
create table public.t (id int primary key, code public.code);
