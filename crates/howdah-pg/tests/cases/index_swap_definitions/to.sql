-- Each index takes the other's definition; no rename is declared, so both are rebuilt.

create table public.t (a int, b int);
create index i1 on public.t (b);
create index i2 on public.t (a);
