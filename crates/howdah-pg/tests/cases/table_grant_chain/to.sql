-- Bob's right hangs on Alice's grant option: it was given by her, not by the owner.

create table public.a (id int);
grant select on public.a to howdah_case_alice with grant option;
set role howdah_case_alice;
grant select on public.a to howdah_case_bob;
reset role;
