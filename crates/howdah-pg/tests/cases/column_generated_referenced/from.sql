create table public.t (id int primary key, code text not null, up text generated always as (upper(code)) stored unique);
create table public.r (up text references public.t (up));
