create table public.team (id int primary key, lead_id int);
create table public.worker (id int primary key, team_id int references public.team (id));
alter table public.team add constraint team_lead_fk foreign key (lead_id) references public.worker (id);
