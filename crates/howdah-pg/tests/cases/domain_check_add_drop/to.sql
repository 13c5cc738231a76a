create domain public.code as text constraint short check (length(value) < 10) constraint not_empty check (value <> '');
create table public.t (id int primary key, code public.code, codes public.code[]);
