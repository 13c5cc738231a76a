create table public.t (id int primary key, mail text not null unique);
create view public.mails as select mail from public.t;
