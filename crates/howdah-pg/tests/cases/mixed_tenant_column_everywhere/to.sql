-- A tenant column comes into each key, foreign key, index and policy.

create table public.project (tenant int default 1 not null, id int not null, name text, constraint project_pkey primary key (tenant, id));
create table public.task (tenant int default 1 not null, id int not null, project_id int not null, title text, constraint task_pkey primary key (tenant, id), constraint fk_task foreign key (tenant, project_id) references public.project (tenant, id) on delete cascade);
create unique index uq_title on public.task (tenant, project_id, title);
alter table public.project enable row level security;
alter table public.task enable row level security;
create policy by_tenant on public.project using (tenant = current_setting('app.tenant')::int);
create policy by_tenant on public.task using (tenant = current_setting('app.tenant')::int);
