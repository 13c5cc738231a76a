create table public."Users" ("Id" int constraint "PK_Users" primary key, "userName" text not null, "Email" text constraint "UQ_Email" unique constraint "CHK_Email" check ("Email" <> ''));
create index "IDX_userName" on public."Users" ("userName");
comment on column public."Users"."Email" is 'Mail.';
grant select ("userName") on public."Users" to howdah_case_app;
