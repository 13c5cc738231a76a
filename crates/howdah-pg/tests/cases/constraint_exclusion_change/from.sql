create table public.booking (id int primary key, during tsrange not null, gone boolean default false not null, box box,
  constraint no_overlap exclude using gist (during with &&));
