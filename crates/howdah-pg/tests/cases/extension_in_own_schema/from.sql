create schema ext;
create schema lib;
create extension pgcrypto schema ext;
create extension hstore schema ext;
create table public.files (id int primary key, meta ext.hstore, digest bytea generated always as (ext.digest('x', 'sha1')) stored);
