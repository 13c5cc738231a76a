create table public.kinds (id int primary key, label text not null);
create table public.things (id int primary key, kind_id int constraint fk_things_kind references public.kinds (id));
create view public.kind_labels as select k.id, k.label from public.kinds k;
