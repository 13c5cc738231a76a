create table public.base (id int not null, label text, constraint chk_label check (label <> ''));
