-- The encoding and locale of the current database. The provider's own locale has another column in each release.
select
  pg_encoding_to_char(d.encoding)::text as encoding,
  d.datcollate::text as collate,
  d.datctype::text as ctype,
  coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') as provider,
  coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as provider_locale
from pg_database d
where d.datname = current_database()
