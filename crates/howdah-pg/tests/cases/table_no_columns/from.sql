create table public.empty_one ();
