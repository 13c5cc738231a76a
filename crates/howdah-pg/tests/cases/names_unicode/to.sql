create table public."größe" ("straße" varchar(40) not null, "naïve" bigint, "🐘" boolean default true not null);
create table public."表" ("列" int primary key, "другое" text constraint "проверка" check ("другое" <> 'ё'));
create index "índice" on public."表" ("другое");
comment on table public."表" is '表です 🐘';
