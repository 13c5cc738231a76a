create table public.project (id int not null, name text, constraint project_pkey primary key (id));
create table public.task (id int not null, project_id int not null, title text, constraint task_pkey primary key (id), constraint fk_task foreign key (project_id) references public.project (id) on delete cascade);
create unique index uq_title on public.task (project_id, title);
