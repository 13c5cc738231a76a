create schema auth;
create table auth.users (id int primary key);
create table public.posts (id int primary key, user_id int);
