create schema accounts;
create table accounts.accounts (accounts bigint constraint accounts check (accounts > 0), note text);
create type accounts.kind as enum ('accounts');
