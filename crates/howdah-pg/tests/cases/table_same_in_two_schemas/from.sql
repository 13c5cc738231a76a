create schema s1;
create schema s2;
create table s1.t (id int primary key, a text);
create table s2.t (id int primary key, a text);
create index idx_t on s1.t (a);
create index idx_t on s2.t (a);
