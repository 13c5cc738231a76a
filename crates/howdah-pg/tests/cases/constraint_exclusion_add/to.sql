create table public.booking (id int primary key, during tsrange not null, constraint no_overlap exclude using gist (during with &&));
comment on constraint no_overlap on public.booking is 'One at a time.';
