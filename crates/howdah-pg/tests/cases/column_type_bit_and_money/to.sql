create table public.t (id int primary key, a bit varying(16), m money, i cidr, n text);
