create table public.notes (id int primary key);
create schema app;
create schema "Mixed Case";
create table app.tasks (id int primary key, note_id int references public.notes);
create table "Mixed Case"."Table" (id int primary key);
