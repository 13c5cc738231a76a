create table public.t (id int primary key);
comment on table public.t is E'Quote '' double "" backslash \\ tab \t dollar $$ $1 line\nnext; -- no comment /* none */ 🐘 @pii';
comment on column public.t.id is '  spaces stay  ';
