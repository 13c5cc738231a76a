create schema accounts;
create table accounts.accounts (accounts int constraint accounts check (accounts > 0));
