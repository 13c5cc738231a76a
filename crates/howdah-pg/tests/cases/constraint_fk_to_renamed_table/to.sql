-- renamed-from: parent_before
create table public.parent_after (id int primary key, note text);
create table public.c (id int primary key, p_id int constraint fk references public.parent_after (id) on delete cascade);
