-- Another spelling of the same table is no difference.

create table public.a (id int4 not null);
alter table public.a add constraint a_pkey primary key (id);
alter table public.a add n decimal(10,2) default (0);
alter table public.a add f double precision;
alter table public.a add t timestamptz default current_timestamp;
alter table public.a add ok boolean default true;
alter table public.a add v varchar(10) check ((v)::text <> '');
