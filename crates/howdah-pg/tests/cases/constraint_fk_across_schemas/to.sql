create schema auth;
create table auth.users (id int primary key);
create schema blog;
create table public.posts (id int primary key, user_id int references auth.users (id));
create table blog.drafts (id int primary key, post_id int references public.posts (id), user_id int references auth.users (id));
