create table public.base (id int not null, label text, constraint chk_label check (label <> ''));
create table public.derived (extra int) inherits (public.base);
comment on column public.derived.label is 'Inherited, with its own comment.';
