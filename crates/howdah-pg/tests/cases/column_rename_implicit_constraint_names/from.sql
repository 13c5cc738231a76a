create table public.p (id int primary key);
create table public.t (
  mail text unique check (mail <> ''), -- renamed-from: email
  p_id int references public.p (id), -- renamed-from: parent
  n serial -- renamed-from: number
);
