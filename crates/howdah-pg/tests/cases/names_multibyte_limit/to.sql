-- 63 bytes are fewer than 63 letters; helper names must be cut between letters.

create table public."äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüä" ("ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßß" bigint not null unique);
create index on public."äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüä" ("ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßß" desc);
