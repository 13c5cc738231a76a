-- The two tables have one name; a change to one must not touch the other.

create schema s1;
create schema s2;
create table s1.t (id int primary key, a text not null);
create table s2.t (id bigint primary key, a text);
create index idx_t on s1.t (a desc);
create index idx_t on s2.t (a);
