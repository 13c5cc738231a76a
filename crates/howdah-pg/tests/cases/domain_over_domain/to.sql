create domain public.text_short as varchar check (length(value) < 60);
create domain public.title as public.text_short check (value <> '') not null;
create table public.books (id int primary key, title public.title);
