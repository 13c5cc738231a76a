create domain public.code as text constraint upper check (value = upper(value)) constraint short check (length(value) < 10);
create table public.t (id int primary key, code public.code, codes public.code[]);
