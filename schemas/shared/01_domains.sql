-- Domains: the kinds of value that mean the same in every template.
--
-- A rule that belongs to one column is a CHECK on that column's table, because the error then names the table; a rule
-- that belongs to a kind of value stands here once. Domains are text with a CHECK rather than varchar(n) or char(n):
-- widening one later needs no rewrite.

create domain public.email_address as text
  constraint chk_email_address_length check (char_length(value) <= 255)
  constraint chk_email_address_format check (value ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$');
comment on domain public.email_address is
  'A mail address of at most 255 characters: one at sign with something on both sides and no white space. Deliberately no stricter: only a mail that arrives proves an address.';

create domain public.url as text
  constraint chk_url_length check (char_length(value) <= 2048)
  constraint chk_url_format check (value ~ '^[A-Za-z][A-Za-z0-9+.-]*:[^[:space:][:cntrl:]]+$')
  constraint chk_url_scheme check (value !~* '^(javascript|vbscript|data):');
comment on domain public.url is
  'An absolute URL with its scheme, at most 2048 characters, without white space. Schemes that run code are refused, because whoever shows a URL makes it clickable.';

create domain public.currency_code as text
  constraint chk_currency_code_format check (value ~ '^[A-Z]{3}$');
comment on domain public.currency_code is
  'A currency as the three capital letters of ISO 4217, such as USD.';

create domain public.country_code as text
  constraint chk_country_code_format check (value ~ '^[A-Z]{2}$');
comment on domain public.country_code is
  'A country as the two capital letters of ISO 3166-1, such as CH.';

create domain public.language_tag as text
  constraint chk_language_tag_format check (value ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$' and char_length(value) <= 35);
comment on domain public.language_tag is
  'A language or locale as a BCP 47 tag, such as en or pt-BR.';

create domain public.time_zone as text
  constraint chk_time_zone_format check (value ~ '^[A-Za-z][A-Za-z0-9_+/-]*$' and char_length(value) <= 64);
comment on domain public.time_zone is
  'The name of a time zone in the IANA database, such as Europe/Zurich. Only its form is checked: the list changes every year.';

create domain public.latitude as double precision
  constraint chk_latitude_range check (value between -90 and 90);
comment on domain public.latitude is
  'Degrees north of the equator (WGS 84), from -90 to 90.';

create domain public.longitude as double precision
  constraint chk_longitude_range check (value between -180 and 180);
comment on domain public.longitude is
  'Degrees east of Greenwich (WGS 84), from -180 to 180.';

create domain public.sha256_digest as bytea
  constraint chk_sha256_digest_length check (octet_length(value) = 32);
comment on domain public.sha256_digest is
  'A SHA-256 digest: exactly 32 bytes.';

create domain public.storage_key as text
  constraint chk_storage_key_length check (char_length(value) between 1 and 512)
  constraint chk_storage_key_format check (value ~ '^[^/[:cntrl:]\\]+(/[^/[:cntrl:]\\]+)*$' and value !~ '(^|/)\.{1,2}(/|$)');
comment on domain public.storage_key is
  'Where an object lies in the file store: a relative path of at most 512 characters with no empty, "." or ".." segment, so that it cannot leave the store.';
