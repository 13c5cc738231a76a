create table public.people (id int primary key, mood text not null default 'sad' check (mood in ('sad', 'happy')));
