-- Masked views: what howdah_readonly sees of tables that hold personal data.
--
-- Generated from the @mask and @pii tags by `howdah role masks`: change the tags and run it again.
-- The views read as their owner, show the rows that howdah_readonly's own policies show, and mask by
-- expression, so that no condition, order or join on them meets a value that is hidden.

create schema public_masked;
comment on schema public_masked is 'The tables of schema public as reporting may see them: masked.';
grant usage on schema public_masked to howdah_readonly;


create view public_masked.albums with (security_barrier) as
select
  id,
  user_id,
  name,
  description,
  cover_media_id,
  sort_order,
  visibility,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.albums
where (deleted_at IS NULL);
comment on view public_masked.albums is 'public.albums as reporting may see it.';
comment on column public_masked.albums.id is 'The row''s id.';
comment on column public_masked.albums.user_id is 'Whose it is.';
comment on column public_masked.albums.name is 'The name.';
comment on column public_masked.albums.description is 'What it is about.';
comment on column public_masked.albums.cover_media_id is 'The picture on its cover.';
comment on column public_masked.albums.sort_order is 'How its media are ordered: date_asc, date_desc or manual (by album_media.position).';
comment on column public_masked.albums.visibility is 'How the person means it to be seen: private, unlisted or public. Others see an album only through a share.';
comment on column public_masked.albums.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.albums.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.albums.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.albums.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.albums.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.albums.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.albums.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.albums.created_at is 'When the row was made.';
comment on column public_masked.albums.updated_at is 'When the row last changed.';
comment on column public_masked.albums.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.albums to howdah_readonly;


create view public_masked.bookmarks with (security_barrier) as
select
  id,
  user_id,
  url,
  url_hash,
  title,
  bookmarked_at,
  description,
  favicon_url,
  folder,
  "position",
  tags,
  is_favorite,
  is_toread,
  visit_count,
  last_visited_at,
  web_page_id,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.bookmarks
where (deleted_at IS NULL);
comment on view public_masked.bookmarks is 'public.bookmarks as reporting may see it.';
comment on column public_masked.bookmarks.id is 'The row''s id.';
comment on column public_masked.bookmarks.user_id is 'Whose it is.';
comment on column public_masked.bookmarks.url is 'Where it leads. Bookmarklets (javascript:) are not links and are refused.';
comment on column public_masked.bookmarks.url_hash is 'SHA-256 of url, to find a bookmark by: an index over long URLs would be large.';
comment on column public_masked.bookmarks.title is 'What it is called.';
comment on column public_masked.bookmarks.bookmarked_at is 'When it was kept.';
comment on column public_masked.bookmarks.description is 'What the person wrote about it.';
comment on column public_masked.bookmarks.favicon_url is 'The site''s icon.';
comment on column public_masked.bookmarks.folder is 'The folder it is in, with / between levels.';
comment on column public_masked.bookmarks."position" is 'Its place in the folder; lowest first.';
comment on column public_masked.bookmarks.tags is 'Words the person filed it under.';
comment on column public_masked.bookmarks.is_favorite is 'Whether the person marked it.';
comment on column public_masked.bookmarks.is_toread is 'Whether the person means to read it.';
comment on column public_masked.bookmarks.visit_count is 'How often it was opened.';
comment on column public_masked.bookmarks.last_visited_at is 'When it was last opened.';
comment on column public_masked.bookmarks.web_page_id is 'The saved copy of the page.';
comment on column public_masked.bookmarks.search is 'What full-text search looks through: title, description, tags and URL.';
comment on column public_masked.bookmarks.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.bookmarks.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.bookmarks.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.bookmarks.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.bookmarks.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.bookmarks.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.bookmarks.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.bookmarks.created_at is 'When the row was made.';
comment on column public_masked.bookmarks.updated_at is 'When the row last changed.';
comment on column public_masked.bookmarks.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.bookmarks to howdah_readonly;


create view public_masked.calendar_events with (security_barrier) as
select
  id,
  user_id,
  title,
  event_type,
  starts_at,
  ends_at,
  starts_on,
  ends_on,
  is_all_day,
  timezone,
  location,
  description,
  is_recurring,
  recurrence_rule,
  recurrence_id,
  rdates,
  exdates,
  (left(organizer_email::text, 1) || '***@' || substring(organizer_email::text from '^.+@([^@]+)$'))::text as organizer_email,
  null::text[] as attendees,
  null::jsonb as attendee_details,
  null::text as meeting_url,
  status,
  transparency,
  classification,
  calendar_name,
  ical_uid,
  sequence,
  reminder_minutes,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.calendar_events
where (deleted_at IS NULL);
comment on view public_masked.calendar_events is 'public.calendar_events as reporting may see it.';
comment on column public_masked.calendar_events.id is 'The row''s id.';
comment on column public_masked.calendar_events.user_id is 'Whose it is.';
comment on column public_masked.calendar_events.title is 'What it is.';
comment on column public_masked.calendar_events.event_type is 'event, reminder, task, birthday, meeting or appointment.';
comment on column public_masked.calendar_events.starts_at is 'When it begins.';
comment on column public_masked.calendar_events.ends_at is 'When it ends.';
comment on column public_masked.calendar_events.starts_on is 'Of an all-day event: the first day.';
comment on column public_masked.calendar_events.ends_on is 'Of an all-day event: the last day, itself included.';
comment on column public_masked.calendar_events.is_all_day is 'Whether it lasts whole days.';
comment on column public_masked.calendar_events.timezone is 'The time zone it was entered in; recurrences follow its clock.';
comment on column public_masked.calendar_events.location is 'Where it takes place.';
comment on column public_masked.calendar_events.description is 'What it is about.';
comment on column public_masked.calendar_events.is_recurring is 'Whether it repeats.';
comment on column public_masked.calendar_events.recurrence_rule is 'RRULE: how it repeats.';
comment on column public_masked.calendar_events.recurrence_id is 'Of a changed occurrence: when it would have begun.';
comment on column public_masked.calendar_events.rdates is 'RDATE: further occurrences.';
comment on column public_masked.calendar_events.exdates is 'EXDATE: occurrences that fall out.';
comment on column public_masked.calendar_events.organizer_email is 'Who invited. @mask email';
comment on column public_masked.calendar_events.attendees is 'Who is invited. @mask null';
comment on column public_masked.calendar_events.attendee_details is 'What each of them answered, as JSON. @mask null';
comment on column public_masked.calendar_events.meeting_url is 'Where to join by video. @mask null';
comment on column public_masked.calendar_events.status is 'confirmed, tentative or cancelled.';
comment on column public_masked.calendar_events.transparency is 'Whether the time counts as busy (opaque) or free (transparent).';
comment on column public_masked.calendar_events.classification is 'How private iCalendar says it is: public, private or confidential. Here only its owner sees it.';
comment on column public_masked.calendar_events.calendar_name is 'The calendar it is in.';
comment on column public_masked.calendar_events.ical_uid is 'UID of iCalendar; all changed occurrences of a series share it.';
comment on column public_masked.calendar_events.sequence is 'SEQUENCE of iCalendar: the higher one is the newer version.';
comment on column public_masked.calendar_events.reminder_minutes is 'How many minutes before to remind.';
comment on column public_masked.calendar_events.search is 'What full-text search looks through: title, place and description.';
comment on column public_masked.calendar_events.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.calendar_events.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.calendar_events.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.calendar_events.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.calendar_events.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.calendar_events.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.calendar_events.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.calendar_events.created_at is 'When the row was made.';
comment on column public_masked.calendar_events.updated_at is 'When the row last changed.';
comment on column public_masked.calendar_events.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.calendar_events to howdah_readonly;


create view public_masked.consents with (security_barrier) as
select
  id,
  user_id,
  purpose,
  policy_version,
  policy_sha256,
  lawful_basis,
  status,
  method,
  null::jsonb as evidence,
  is_special_category,
  expires_at,
  created_at,
  updated_at
from public.consents;
comment on view public_masked.consents is 'public.consents as reporting may see it.';
comment on column public_masked.consents.id is 'The row''s id.';
comment on column public_masked.consents.user_id is 'Whose it is.';
comment on column public_masked.consents.purpose is 'What the data may be used for, such as health; one word per purpose.';
comment on column public_masked.consents.policy_version is 'Which version of the text the person read.';
comment on column public_masked.consents.policy_sha256 is 'Digest of that text.';
comment on column public_masked.consents.lawful_basis is 'The basis under GDPR Art. 6: consent, contract, legal_obligation, vital_interests, public_task or legitimate_interests.';
comment on column public_masked.consents.status is 'granted, withdrawn or expired.';
comment on column public_masked.consents.method is 'How it was given, such as web_form.';
comment on column public_masked.consents.evidence is 'What shows that it was given, as a JSON object. @mask null';
comment on column public_masked.consents.is_special_category is 'Whether it is about special categories of data (GDPR Art. 9), such as health.';
comment on column public_masked.consents.expires_at is 'Until when a granted consent holds; NULL until withdrawn.';
comment on column public_masked.consents.created_at is 'When the record was made: the moment itself rather than the start of the transaction, so that the latest one is clear.';
comment on column public_masked.consents.updated_at is 'Equal to created_at in effect: a record never changes.';
grant select on public_masked.consents to howdah_readonly;


create view public_masked.contacts with (security_barrier) as
select
  id,
  user_id,
  kind,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(display_name::text, '\s+') with ordinality as w (word, place)))::text as display_name,
  prefix,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(first_name::text, '\s+') with ordinality as w (word, place)))::text as first_name,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(middle_name::text, '\s+') with ordinality as w (word, place)))::text as middle_name,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(last_name::text, '\s+') with ordinality as w (word, place)))::text as last_name,
  suffix,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(nickname::text, '\s+') with ordinality as w (word, place)))::text as nickname,
  null::jsonb as email_addresses,
  email_addresses_bidx,
  null::jsonb as phone_numbers,
  phone_numbers_bidx,
  null::jsonb as addresses,
  company,
  job_title,
  website,
  photo_media_id,
  (case when isfinite(birthday) then date_trunc('year', birthday::timestamp) end)::date as birthday,
  null::text as birthday_partial,
  null::text as notes,
  tags,
  null::jsonb as social_profiles,
  is_favorite,
  vcard_uid,
  rev,
  merged_into_id,
  null::tsvector as search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.contacts
where (deleted_at IS NULL);
comment on view public_masked.contacts is 'public.contacts as reporting may see it.';
comment on column public_masked.contacts.id is 'The row''s id.';
comment on column public_masked.contacts.user_id is 'Whose it is.';
comment on column public_masked.contacts.kind is 'individual, org or group.';
comment on column public_masked.contacts.display_name is 'The name to show. @mask name';
comment on column public_masked.contacts.prefix is 'What stands before the name, such as Dr.';
comment on column public_masked.contacts.first_name is 'Given name. @mask name';
comment on column public_masked.contacts.middle_name is 'Middle name. @mask name';
comment on column public_masked.contacts.last_name is 'Family name. @mask name';
comment on column public_masked.contacts.suffix is 'What stands after the name, such as Jr.';
comment on column public_masked.contacts.nickname is 'What friends say. @mask name';
comment on column public_masked.contacts.email_addresses is 'Mail addresses, as a JSON array of {value, type, pref}. @mask null';
comment on column public_masked.contacts.email_addresses_bidx is 'Blind index of email_addresses: one truncated HMAC per address.';
comment on column public_masked.contacts.phone_numbers is 'Telephone numbers, as a JSON array of {value, type, pref}. @mask null';
comment on column public_masked.contacts.phone_numbers_bidx is 'Blind index of phone_numbers: one truncated HMAC per number.';
comment on column public_masked.contacts.addresses is 'Postal addresses, as a JSON array. @mask null';
comment on column public_masked.contacts.company is 'Where they work.';
comment on column public_masked.contacts.job_title is 'What they do there.';
comment on column public_masked.contacts.website is 'Their website.';
comment on column public_masked.contacts.photo_media_id is 'Their picture.';
comment on column public_masked.contacts.birthday is 'Their date of birth. @mask range';
comment on column public_masked.contacts.birthday_partial is 'A birthday of which a part is missing, as vCard writes it: --MMDD. @mask null';
comment on column public_masked.contacts.notes is 'What the person noted about them. @mask null';
comment on column public_masked.contacts.tags is 'Words the person filed them under.';
comment on column public_masked.contacts.social_profiles is 'Their accounts elsewhere, as JSON. @mask null';
comment on column public_masked.contacts.is_favorite is 'Whether the person marked them.';
comment on column public_masked.contacts.vcard_uid is 'UID of the vCard.';
comment on column public_masked.contacts.rev is 'REV of the vCard: when it last changed where it came from.';
comment on column public_masked.contacts.merged_into_id is 'The contact this one turned out to be; itself kept so that the merge can be undone.';
comment on column public_masked.contacts.search is 'What full-text search looks through: names, company, job title and tags. @mask null';
comment on column public_masked.contacts.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.contacts.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.contacts.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.contacts.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.contacts.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.contacts.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.contacts.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.contacts.created_at is 'When the row was made.';
comment on column public_masked.contacts.updated_at is 'When the row last changed.';
comment on column public_masked.contacts.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.contacts to howdah_readonly;


create view public_masked.devices with (security_barrier) as
select
  id,
  user_id,
  device_type,
  device_name,
  manufacturer,
  model,
  os_name,
  os_version,
  null::text as device_identifier,
  device_identifier_bidx,
  null::inet as ip_address,
  is_primary,
  is_trusted,
  last_seen_at,
  purchase_date,
  warranty_expiry,
  null::text as push_token,
  revoked_at,
  notes,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.devices
where (deleted_at IS NULL);
comment on view public_masked.devices is 'public.devices as reporting may see it.';
comment on column public_masked.devices.id is 'The row''s id.';
comment on column public_masked.devices.user_id is 'Whose it is.';
comment on column public_masked.devices.device_type is 'phone, computer, tablet, wearable, iot, smart_home, vehicle or other.';
comment on column public_masked.devices.device_name is 'What the person calls it.';
comment on column public_masked.devices.manufacturer is 'Who made it.';
comment on column public_masked.devices.model is 'Which model.';
comment on column public_masked.devices.os_name is 'Its operating system.';
comment on column public_masked.devices.os_version is 'The version of that.';
comment on column public_masked.devices.device_identifier is 'Its serial number or the like. @mask null';
comment on column public_masked.devices.device_identifier_bidx is 'Blind index of device_identifier: a truncated HMAC.';
comment on column public_masked.devices.ip_address is 'The address it was last seen at. @mask null';
comment on column public_masked.devices.is_primary is 'Whether it is the main one; at most one is.';
comment on column public_masked.devices.is_trusted is 'Whether sign-ins from it need less proof.';
comment on column public_masked.devices.last_seen_at is 'When it was last seen.';
comment on column public_masked.devices.purchase_date is 'When it was bought.';
comment on column public_masked.devices.warranty_expiry is 'When its warranty ends.';
comment on column public_masked.devices.push_token is 'The token notifications are pushed with. @mask null';
comment on column public_masked.devices.revoked_at is 'When it was shut out; NULL while it may sign in.';
comment on column public_masked.devices.notes is 'What the person noted about it.';
comment on column public_masked.devices.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.devices.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.devices.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.devices.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.devices.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.devices.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.devices.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.devices.created_at is 'When the row was made.';
comment on column public_masked.devices.updated_at is 'When the row last changed.';
comment on column public_masked.devices.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.devices to howdah_readonly;


create view public_masked.documents with (security_barrier) as
select
  id,
  user_id,
  title,
  document_type,
  media_id,
  storage_key,
  file_size,
  mime_type,
  category,
  issue_date,
  expiry_date,
  issuer,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(recipient::text, '\s+') with ordinality as w (word, place)))::text as recipient,
  ('***' || case when length(document_number::text) >= 8 then right(document_number::text, 4) else left(document_number::text, 0) end)::text as document_number,
  document_number_bidx,
  is_important,
  tags,
  null::text as notes,
  content_sha256,
  page_count,
  null::text as text_content,
  null::tsvector as search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.documents
where (deleted_at IS NULL);
comment on view public_masked.documents is 'public.documents as reporting may see it.';
comment on column public_masked.documents.id is 'The row''s id.';
comment on column public_masked.documents.user_id is 'Whose it is.';
comment on column public_masked.documents.title is 'What it is.';
comment on column public_masked.documents.document_type is 'What kind of paper.';
comment on column public_masked.documents.media_id is 'Its scan, if that is kept among the media as well.';
comment on column public_masked.documents.storage_key is 'Where its bytes lie in the file store, under the owner''s folder.';
comment on column public_masked.documents.file_size is 'Its size in bytes.';
comment on column public_masked.documents.mime_type is 'Its media type.';
comment on column public_masked.documents.category is 'What the person filed it under.';
comment on column public_masked.documents.issue_date is 'When it was issued.';
comment on column public_masked.documents.expiry_date is 'When it runs out.';
comment on column public_masked.documents.issuer is 'Who issued it.';
comment on column public_masked.documents.recipient is 'Whom it is for. @mask name';
comment on column public_masked.documents.document_number is 'Its number. @mask last-four';
comment on column public_masked.documents.document_number_bidx is 'Blind index of document_number: a truncated HMAC.';
comment on column public_masked.documents.is_important is 'Whether the person marked it.';
comment on column public_masked.documents.tags is 'Words the person filed it under.';
comment on column public_masked.documents.notes is 'What the person noted about it. @mask null';
comment on column public_masked.documents.content_sha256 is 'Digest of its bytes.';
comment on column public_masked.documents.page_count is 'How many pages it has.';
comment on column public_masked.documents.text_content is 'Its text, read off the pages. @mask null';
comment on column public_masked.documents.search is 'What full-text search looks through: title, issuer, recipient, tags and category. @mask null';
comment on column public_masked.documents.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.documents.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.documents.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.documents.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.documents.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.documents.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.documents.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.documents.created_at is 'When the row was made.';
comment on column public_masked.documents.updated_at is 'When the row last changed.';
comment on column public_masked.documents.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.documents to howdah_readonly;


create view public_masked.emails with (security_barrier) as
select
  id,
  user_id,
  subject,
  (left(from_address::text, 1) || '***@' || substring(from_address::text from '^.+@([^@]+)$'))::text as from_address,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(from_name::text, '\s+') with ordinality as w (word, place)))::text as from_name,
  null::text[] as to_addresses,
  null::text[] as cc_addresses,
  null::text[] as bcc_addresses,
  sent_at,
  received_at,
  direction,
  null::text as body_text,
  null::text as body_html,
  thread_id,
  message_id,
  in_reply_to,
  references_ids,
  has_attachments,
  attachment_count,
  is_read,
  is_starred,
  is_important,
  labels,
  size_bytes,
  null::jsonb as headers,
  raw_sha256,
  raw_media_id,
  null::tsvector as search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.emails
where (deleted_at IS NULL);
comment on view public_masked.emails is 'public.emails as reporting may see it.';
comment on column public_masked.emails.id is 'The row''s id.';
comment on column public_masked.emails.user_id is 'Whose it is.';
comment on column public_masked.emails.subject is 'The subject.';
comment on column public_masked.emails.from_address is 'Who sent it. @mask email';
comment on column public_masked.emails.from_name is 'The name beside the sender''s address. @mask name';
comment on column public_masked.emails.to_addresses is 'Whom it went to. @mask null';
comment on column public_masked.emails.cc_addresses is 'Who got a copy. @mask null';
comment on column public_masked.emails.bcc_addresses is 'Who got a copy unseen. @mask null';
comment on column public_masked.emails.sent_at is 'When it was sent; of a draft, when it was last saved.';
comment on column public_masked.emails.received_at is 'When it arrived.';
comment on column public_masked.emails.direction is 'sent, received or draft.';
comment on column public_masked.emails.body_text is 'The text. @mask null';
comment on column public_masked.emails.body_html is 'The text as HTML. @mask null';
comment on column public_masked.emails.thread_id is 'What joins the mails of a conversation.';
comment on column public_masked.emails.message_id is 'Message-ID, without the angle brackets.';
comment on column public_masked.emails.in_reply_to is 'Message-ID of the mail it answers.';
comment on column public_masked.emails.references_ids is 'Message-IDs of the mails before it in the conversation.';
comment on column public_masked.emails.has_attachments is 'Whether files came with it.';
comment on column public_masked.emails.attachment_count is 'How many files came with it.';
comment on column public_masked.emails.is_read is 'Whether the person read it.';
comment on column public_masked.emails.is_starred is 'Whether the person marked it.';
comment on column public_masked.emails.is_important is 'Whether it was found important.';
comment on column public_masked.emails.labels is 'The labels or folders it is in.';
comment on column public_masked.emails.size_bytes is 'Its size in bytes.';
comment on column public_masked.emails.headers is 'All headers, as JSON. @mask null';
comment on column public_masked.emails.raw_sha256 is 'Digest of the mail as it came.';
comment on column public_masked.emails.raw_media_id is 'The mail as it came, in the file store.';
comment on column public_masked.emails.search is 'What full-text search looks through: subject, names, addresses and labels. @mask null';
comment on column public_masked.emails.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.emails.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.emails.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.emails.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.emails.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.emails.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.emails.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.emails.created_at is 'When the row was made.';
comment on column public_masked.emails.updated_at is 'When the row last changed.';
comment on column public_masked.emails.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.emails to howdah_readonly;


create view public_masked.health_records with (security_barrier) as
select
  id,
  user_id,
  null::text as record_type,
  record_date,
  ended_at,
  null::text as provider_name,
  null::text as facility_name,
  null::text as description,
  null::text[] as diagnosis_codes,
  null::text as medication_name,
  null::text as dosage,
  null::text as frequency,
  null::text as measurement_type,
  null::text as measurement_value,
  null::double precision as value_num,
  null::text as measurement_unit,
  null::text as code_system,
  null::text as code,
  null::jsonb as components,
  null::double precision as reference_low,
  null::double precision as reference_high,
  null::text as clinical_status,
  null::jsonb as fhir,
  storage_keys,
  is_important,
  null::text as notes,
  device_id,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.health_records
where (deleted_at IS NULL);
comment on view public_masked.health_records is 'public.health_records as reporting may see it.';
comment on column public_masked.health_records.id is 'The row''s id.';
comment on column public_masked.health_records.user_id is 'Whose it is.';
comment on column public_masked.health_records.record_type is 'What kind of record. @mask null';
comment on column public_masked.health_records.record_date is 'When; of something that lasts, its beginning.';
comment on column public_masked.health_records.ended_at is 'Of something that lasts, its end.';
comment on column public_masked.health_records.provider_name is 'Who treated or measured. @mask null';
comment on column public_masked.health_records.facility_name is 'Where. @mask null';
comment on column public_masked.health_records.description is 'What it is about. @mask null';
comment on column public_masked.health_records.diagnosis_codes is 'Codes of the diagnosis, such as ICD-10; each encrypted by itself. @mask null';
comment on column public_masked.health_records.medication_name is 'Which medication. @mask null';
comment on column public_masked.health_records.dosage is 'How much of it. @mask null';
comment on column public_masked.health_records.frequency is 'How often. @mask null';
comment on column public_masked.health_records.measurement_type is 'What was measured. @mask null';
comment on column public_masked.health_records.measurement_value is 'The result as it was written. @mask null';
comment on column public_masked.health_records.value_num is 'The result as a number. @mask null';
comment on column public_masked.health_records.measurement_unit is 'Its unit. @mask null';
comment on column public_masked.health_records.code_system is 'The system of code, such as LOINC or SNOMED CT. @mask null';
comment on column public_masked.health_records.code is 'The code in that system. @mask null';
comment on column public_masked.health_records.components is 'The parts of a result that has several, such as blood pressure, as JSON. @mask null';
comment on column public_masked.health_records.reference_low is 'Below this is unusual. @mask null';
comment on column public_masked.health_records.reference_high is 'Above this is unusual. @mask null';
comment on column public_masked.health_records.clinical_status is 'preliminary, final, amended or entered_in_error. @mask null';
comment on column public_masked.health_records.fhir is 'The FHIR resource it came as; encrypted it is one JSON string. @mask null';
comment on column public_masked.health_records.storage_keys is 'Where files that belong to it lie in the file store, under the owner''s folder.';
comment on column public_masked.health_records.is_important is 'Whether the person marked it.';
comment on column public_masked.health_records.notes is 'What the person noted about it. @mask null';
comment on column public_masked.health_records.device_id is 'The device that measured it.';
comment on column public_masked.health_records.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.health_records.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.health_records.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.health_records.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.health_records.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.health_records.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.health_records.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.health_records.created_at is 'When the row was made.';
comment on column public_masked.health_records.updated_at is 'When the row last changed.';
comment on column public_masked.health_records.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.health_records to howdah_readonly;


create view public_masked.imports with (security_barrier) as
select
  id,
  user_id,
  kind,
  file_name,
  file_size,
  sha256,
  state,
  seen_count,
  created_count,
  updated_count,
  skipped_count,
  failed_count,
  report,
  last_error,
  started_at,
  finished_at,
  undone_at,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.imports
where (deleted_at IS NULL);
comment on view public_masked.imports is 'public.imports as reporting may see it.';
comment on column public_masked.imports.id is 'The row''s id.';
comment on column public_masked.imports.user_id is 'Whose it is.';
comment on column public_masked.imports.kind is 'What was imported, such as vcard, mbox or google_takeout.';
comment on column public_masked.imports.file_name is 'The file''s name.';
comment on column public_masked.imports.file_size is 'The file''s size in bytes.';
comment on column public_masked.imports.sha256 is 'The file''s digest, to recognise it when it comes again.';
comment on column public_masked.imports.state is 'How far it is: pending, running, completed, failed or undone.';
comment on column public_masked.imports.seen_count is 'Records read.';
comment on column public_masked.imports.created_count is 'Rows made.';
comment on column public_masked.imports.updated_count is 'Rows changed.';
comment on column public_masked.imports.skipped_count is 'Records that were already there.';
comment on column public_masked.imports.failed_count is 'Records that could not be taken in; the report says why.';
comment on column public_masked.imports.report is 'What happened, problems by record included, as a JSON object.';
comment on column public_masked.imports.last_error is 'Why it failed, in words for the person.';
comment on column public_masked.imports.started_at is 'When it began.';
comment on column public_masked.imports.finished_at is 'When it ended, well or not.';
comment on column public_masked.imports.undone_at is 'When it was undone.';
comment on column public_masked.imports.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.imports.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.imports.created_at is 'When the row was made.';
comment on column public_masked.imports.updated_at is 'When the row last changed.';
comment on column public_masked.imports.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.imports to howdah_readonly;


create view public_masked.integrations with (security_barrier) as
select
  id,
  user_id,
  integration_type,
  integration_name,
  status,
  auth_type,
  scopes,
  null::text as external_account_id,
  token_expires_at,
  last_sync_at,
  next_sync_at,
  last_sync_status,
  last_error,
  sync_cursor,
  items_synced,
  is_enabled,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.integrations
where (deleted_at IS NULL);
comment on view public_masked.integrations is 'public.integrations as reporting may see it.';
comment on column public_masked.integrations.id is 'The row''s id.';
comment on column public_masked.integrations.user_id is 'Whose it is.';
comment on column public_masked.integrations.integration_type is 'Which service, such as google or imap.';
comment on column public_masked.integrations.integration_name is 'What the person calls it.';
comment on column public_masked.integrations.status is 'Where the connection stands: pending, connected, disconnected or error.';
comment on column public_masked.integrations.auth_type is 'How it signs in: oauth2, api_key, password or file.';
comment on column public_masked.integrations.scopes is 'What the person allowed it to read.';
comment on column public_masked.integrations.external_account_id is 'The account at the other end. @mask null';
comment on column public_masked.integrations.token_expires_at is 'When the access token ends.';
comment on column public_masked.integrations.last_sync_at is 'When it last ran.';
comment on column public_masked.integrations.next_sync_at is 'When it runs next; NULL if it does not by itself.';
comment on column public_masked.integrations.last_sync_status is 'How the last run went: success, partial or failed.';
comment on column public_masked.integrations.last_error is 'What went wrong last, in words for the person; never a secret.';
comment on column public_masked.integrations.sync_cursor is 'Where the next run continues; the service decides its form.';
comment on column public_masked.integrations.items_synced is 'How many items it has brought in all.';
comment on column public_masked.integrations.is_enabled is 'Whether it may run.';
comment on column public_masked.integrations.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.integrations.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.integrations.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.integrations.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.integrations.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.integrations.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.integrations.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.integrations.created_at is 'When the row was made.';
comment on column public_masked.integrations.updated_at is 'When the row last changed.';
comment on column public_masked.integrations.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.integrations to howdah_readonly;


create view public_masked.links with (security_barrier) as
select
  id,
  user_id,
  from_object_type,
  from_object_id,
  to_object_type,
  to_object_id,
  link_type,
  strength,
  is_bidirectional,
  sort_order,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.links
where (deleted_at IS NULL);
comment on view public_masked.links is 'public.links as reporting may see it.';
comment on column public_masked.links.id is 'The row''s id.';
comment on column public_masked.links.user_id is 'Whose it is.';
comment on column public_masked.links.from_object_type is 'The table of the row it starts at.';
comment on column public_masked.links.from_object_id is 'The row it starts at. No foreign key: the table varies.';
comment on column public_masked.links.to_object_type is 'The table of the row it leads to.';
comment on column public_masked.links.to_object_id is 'The row it leads to. No foreign key: the table varies.';
comment on column public_masked.links.link_type is 'What the first is to the second.';
comment on column public_masked.links.strength is 'How sure it is, from 0 to 1.';
comment on column public_masked.links.is_bidirectional is 'Whether it reads both ways.';
comment on column public_masked.links.sort_order is 'Its place among its siblings; lowest first.';
comment on column public_masked.links.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.links.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.links.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.links.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.links.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.links.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.links.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.links.created_at is 'When the row was made.';
comment on column public_masked.links.updated_at is 'When the row last changed.';
comment on column public_masked.links.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.links to howdah_readonly;


create view public_masked.locations with (security_barrier) as
select
  id,
  user_id,
  location_type,
  (case when latitude not in ('NaN', 'Infinity', '-Infinity') then round(latitude::numeric, 1) end)::double precision as latitude,
  (case when longitude not in ('NaN', 'Infinity', '-Infinity') then round(longitude::numeric, 1) end)::double precision as longitude,
  altitude,
  accuracy,
  null::text as address,
  city,
  state,
  country,
  null::text as postal_code,
  null::text as place_name,
  place_category,
  recorded_at,
  ended_at,
  source_app,
  activity_type,
  speed,
  heading,
  vertical_accuracy,
  null::text as place_id,
  device_id,
  null::jsonb as path,
  null::text as geohash,
  is_outlier,
  notes,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.locations
where (deleted_at IS NULL);
comment on view public_masked.locations is 'public.locations as reporting may see it.';
comment on column public_masked.locations.id is 'The row''s id.';
comment on column public_masked.locations.user_id is 'Whose it is.';
comment on column public_masked.locations.location_type is 'gps_point, address, place, checkin or route.';
comment on column public_masked.locations.latitude is 'Where. @mask geo';
comment on column public_masked.locations.longitude is 'Where. @mask geo';
comment on column public_masked.locations.altitude is 'Metres above sea level.';
comment on column public_masked.locations.accuracy is 'How far off the point may be, in metres.';
comment on column public_masked.locations.address is 'The address. @mask null';
comment on column public_masked.locations.city is 'The city.';
comment on column public_masked.locations.state is 'The state or region.';
comment on column public_masked.locations.country is 'The country.';
comment on column public_masked.locations.postal_code is 'The postal code. @mask null';
comment on column public_masked.locations.place_name is 'The name of the place. @mask null';
comment on column public_masked.locations.place_category is 'What kind of place.';
comment on column public_masked.locations.recorded_at is 'When; of a stay or route, its beginning.';
comment on column public_masked.locations.ended_at is 'Of a stay or route, its end.';
comment on column public_masked.locations.source_app is 'The app that recorded it.';
comment on column public_masked.locations.activity_type is 'What the person was doing, such as walking.';
comment on column public_masked.locations.speed is 'Metres per second.';
comment on column public_masked.locations.heading is 'Degrees clockwise from north.';
comment on column public_masked.locations.vertical_accuracy is 'How far off the altitude may be, in metres.';
comment on column public_masked.locations.place_id is 'The id of the place where it came from; not a row here. @mask null';
comment on column public_masked.locations.device_id is 'The device that recorded it.';
comment on column public_masked.locations.path is 'Of a route: a GeoJSON LineString. @mask null';
comment on column public_masked.locations.geohash is 'Geohash of the point, for rough search by area. @mask null';
comment on column public_masked.locations.is_outlier is 'Whether the point was found to be wrong.';
comment on column public_masked.locations.notes is 'What the person noted about it.';
comment on column public_masked.locations.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.locations.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.locations.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.locations.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.locations.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.locations.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.locations.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.locations.created_at is 'When the row was made.';
comment on column public_masked.locations.updated_at is 'When the row last changed.';
comment on column public_masked.locations.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.locations to howdah_readonly;


create view public_masked.media with (security_barrier) as
select
  id,
  user_id,
  filename,
  media_type,
  mime_type,
  file_size,
  storage_key,
  storage_backend,
  sha256,
  width,
  height,
  duration_seconds,
  taken_at,
  taken_at_offset_min,
  (case when gps_latitude not in ('NaN', 'Infinity', '-Infinity') then round(gps_latitude::numeric, 1) end)::double precision as gps_latitude,
  (case when gps_longitude not in ('NaN', 'Infinity', '-Infinity') then round(gps_longitude::numeric, 1) end)::double precision as gps_longitude,
  altitude,
  camera_make,
  camera_model,
  orientation,
  null::jsonb as exif,
  processing_status,
  thumbnail_key,
  codec,
  bitrate,
  title,
  description,
  is_favorite,
  tags,
  live_pair_id,
  perceptual_hash,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.media
where (deleted_at IS NULL);
comment on view public_masked.media is 'public.media as reporting may see it.';
comment on column public_masked.media.id is 'The row''s id.';
comment on column public_masked.media.user_id is 'Whose it is.';
comment on column public_masked.media.filename is 'The name of the file where it came from.';
comment on column public_masked.media.media_type is 'What it is: photo, video, audio, document or screenshot.';
comment on column public_masked.media.mime_type is 'Its media type, found in its bytes rather than its name.';
comment on column public_masked.media.file_size is 'Its size in bytes.';
comment on column public_masked.media.storage_key is 'Where its bytes lie in the file store, under the owner''s folder.';
comment on column public_masked.media.storage_backend is 'Which file store; NULL for the configured one.';
comment on column public_masked.media.sha256 is 'Digest of the bytes.';
comment on column public_masked.media.width is 'Width in pixels.';
comment on column public_masked.media.height is 'Height in pixels.';
comment on column public_masked.media.duration_seconds is 'Length in seconds, for video and audio.';
comment on column public_masked.media.taken_at is 'When it was taken or recorded.';
comment on column public_masked.media.taken_at_offset_min is 'Minutes the local time of the place was ahead of UTC.';
comment on column public_masked.media.gps_latitude is 'Where it was taken. @mask geo';
comment on column public_masked.media.gps_longitude is 'Where it was taken. @mask geo';
comment on column public_masked.media.altitude is 'Metres above sea level.';
comment on column public_masked.media.camera_make is 'Who made the camera.';
comment on column public_masked.media.camera_model is 'Which camera.';
comment on column public_masked.media.orientation is 'EXIF orientation, 1 to 8.';
comment on column public_masked.media.exif is 'All EXIF fields, as a JSON object; they repeat the place. @mask null';
comment on column public_masked.media.processing_status is 'How far thumbnails and metadata are: pending, processing, ready or error.';
comment on column public_masked.media.thumbnail_key is 'Where its thumbnail lies, under the owner''s folder.';
comment on column public_masked.media.codec is 'Codec, for video and audio.';
comment on column public_masked.media.bitrate is 'Bits per second, for video and audio.';
comment on column public_masked.media.title is 'What the person calls it.';
comment on column public_masked.media.description is 'What the person wrote about it.';
comment on column public_masked.media.is_favorite is 'Whether the person marked it.';
comment on column public_masked.media.tags is 'Words the person filed it under.';
comment on column public_masked.media.live_pair_id is 'What joins the photo and the video of a live photo; both carry the same.';
comment on column public_masked.media.perceptual_hash is '64-bit perceptual hash; near-duplicates differ in few bits.';
comment on column public_masked.media.search is 'What full-text search looks through: title, description, tags and file name.';
comment on column public_masked.media.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.media.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.media.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.media.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.media.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.media.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.media.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.media.created_at is 'When the row was made.';
comment on column public_masked.media.updated_at is 'When the row last changed.';
comment on column public_masked.media.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.media to howdah_readonly;


create view public_masked.notes with (security_barrier) as
select
  id,
  user_id,
  title,
  null::text as content,
  note_format,
  folder,
  tags,
  is_pinned,
  is_locked,
  is_archived,
  color,
  checklist,
  word_count,
  null::tsvector as search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.notes
where (deleted_at IS NULL);
comment on view public_masked.notes is 'public.notes as reporting may see it.';
comment on column public_masked.notes.id is 'The row''s id.';
comment on column public_masked.notes.user_id is 'Whose it is.';
comment on column public_masked.notes.title is 'The title; not encrypted, even when the note is locked.';
comment on column public_masked.notes.content is 'The note; of a locked one the ciphertext. @mask null';
comment on column public_masked.notes.note_format is 'plain, markdown, html or rich_text.';
comment on column public_masked.notes.folder is 'The folder it is in, with / between levels.';
comment on column public_masked.notes.tags is 'Words the person filed it under.';
comment on column public_masked.notes.is_pinned is 'Whether it stays on top.';
comment on column public_masked.notes.is_locked is 'Whether its content is encrypted and stays closed until asked for.';
comment on column public_masked.notes.is_archived is 'Whether it was put away.';
comment on column public_masked.notes.color is 'Its colour.';
comment on column public_masked.notes.checklist is 'Its boxes to tick, as JSON; in the clear even when the note is locked.';
comment on column public_masked.notes.word_count is 'How many words it has.';
comment on column public_masked.notes.search is 'What full-text search looks through: title, tags, and the content unless the note is locked. @mask null';
comment on column public_masked.notes.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.notes.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.notes.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.notes.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.notes.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.notes.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.notes.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.notes.created_at is 'When the row was made.';
comment on column public_masked.notes.updated_at is 'When the row last changed.';
comment on column public_masked.notes.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.notes to howdah_readonly;


create view public_masked.notifications with (security_barrier) as
select
  id,
  user_id,
  notification_type,
  title,
  message,
  priority,
  category,
  action_url,
  action_label,
  related_object_type,
  related_object_id,
  is_read,
  read_at,
  is_archived,
  scheduled_for,
  expires_at,
  channel,
  delivered_at,
  dedupe_key,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.notifications
where (deleted_at IS NULL);
comment on view public_masked.notifications is 'public.notifications as reporting may see it.';
comment on column public_masked.notifications.id is 'The row''s id.';
comment on column public_masked.notifications.user_id is 'Whose it is.';
comment on column public_masked.notifications.notification_type is 'system, alert, reminder, message, update or marketing.';
comment on column public_masked.notifications.title is 'The headline.';
comment on column public_masked.notifications.message is 'The message.';
comment on column public_masked.notifications.priority is 'low, normal, high or urgent.';
comment on column public_masked.notifications.category is 'What it is about.';
comment on column public_masked.notifications.action_url is 'Where a click leads: a path of this application, or an http(s) address.';
comment on column public_masked.notifications.action_label is 'What the button says.';
comment on column public_masked.notifications.related_object_type is 'The table of the row it is about.';
comment on column public_masked.notifications.related_object_id is 'The row it is about. No foreign key: the table varies.';
comment on column public_masked.notifications.is_read is 'Whether the person read it.';
comment on column public_masked.notifications.read_at is 'When they read it.';
comment on column public_masked.notifications.is_archived is 'Whether it was put away.';
comment on column public_masked.notifications.scheduled_for is 'Not before this; NULL for at once.';
comment on column public_masked.notifications.expires_at is 'Of no use after this.';
comment on column public_masked.notifications.channel is 'How it goes out: in_app, email, push or webhook.';
comment on column public_masked.notifications.delivered_at is 'When it went out.';
comment on column public_masked.notifications.dedupe_key is 'What keeps the same message from being sent twice.';
comment on column public_masked.notifications.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.notifications.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.notifications.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.notifications.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.notifications.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.notifications.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.notifications.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.notifications.created_at is 'When the row was made.';
comment on column public_masked.notifications.updated_at is 'When the row last changed.';
comment on column public_masked.notifications.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.notifications to howdah_readonly;


create view public_masked.privacy_requests with (security_barrier) as
select
  id,
  user_id,
  kind,
  state,
  due_at,
  null::text as details,
  null::text as answer,
  completed_at,
  null::jsonb as result,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.privacy_requests
where (deleted_at IS NULL);
comment on view public_masked.privacy_requests is 'public.privacy_requests as reporting may see it.';
comment on column public_masked.privacy_requests.id is 'The row''s id.';
comment on column public_masked.privacy_requests.user_id is 'Whose it is.';
comment on column public_masked.privacy_requests.kind is 'What is asked: export, erasure, rectification, restriction or objection.';
comment on column public_masked.privacy_requests.state is 'How far it is: received, verified, in_progress, completed, rejected or cancelled.';
comment on column public_masked.privacy_requests.due_at is 'When it must be answered: within one month (GDPR Art. 12).';
comment on column public_masked.privacy_requests.details is 'What the person wrote. @mask null';
comment on column public_masked.privacy_requests.answer is 'What they were told. @mask null';
comment on column public_masked.privacy_requests.completed_at is 'When it was done or refused.';
comment on column public_masked.privacy_requests.result is 'Where the result lies and what it counts, as a JSON object. @mask null';
comment on column public_masked.privacy_requests.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.privacy_requests.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.privacy_requests.created_at is 'When the row was made.';
comment on column public_masked.privacy_requests.updated_at is 'When the row last changed.';
comment on column public_masked.privacy_requests.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.privacy_requests to howdah_readonly;


create view public_masked.profile_attributes with (security_barrier) as
select
  id,
  user_id,
  attribute_type,
  key,
  value,
  category,
  is_public,
  is_verified,
  verification_source,
  priority,
  valid_from,
  valid_to,
  tags,
  notes,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.profile_attributes
where (deleted_at IS NULL);
comment on view public_masked.profile_attributes is 'public.profile_attributes as reporting may see it.';
comment on column public_masked.profile_attributes.id is 'The row''s id.';
comment on column public_masked.profile_attributes.user_id is 'Whose it is.';
comment on column public_masked.profile_attributes.attribute_type is 'What kind of fact: preference, skill, interest, certification, education, work_experience or custom.';
comment on column public_masked.profile_attributes.key is 'What it is about, such as a language or an employer.';
comment on column public_masked.profile_attributes.value is 'The fact itself, as any JSON value.';
comment on column public_masked.profile_attributes.category is 'A heading to show it under.';
comment on column public_masked.profile_attributes.is_public is 'Whether everybody may read the row.';
comment on column public_masked.profile_attributes.is_verified is 'Whether somebody confirmed it.';
comment on column public_masked.profile_attributes.verification_source is 'Who confirmed it.';
comment on column public_masked.profile_attributes.priority is 'Order of display; highest first.';
comment on column public_masked.profile_attributes.valid_from is 'First day it holds.';
comment on column public_masked.profile_attributes.valid_to is 'Last day it holds.';
comment on column public_masked.profile_attributes.tags is 'Words the person filed it under.';
comment on column public_masked.profile_attributes.notes is 'Private notes. A public row has none.';
comment on column public_masked.profile_attributes.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.profile_attributes.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.profile_attributes.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.profile_attributes.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.profile_attributes.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.profile_attributes.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.profile_attributes.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.profile_attributes.created_at is 'When the row was made.';
comment on column public_masked.profile_attributes.updated_at is 'When the row last changed.';
comment on column public_masked.profile_attributes.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.profile_attributes to howdah_readonly;


create view public_masked.shares with (security_barrier) as
select
  id,
  user_id,
  object_type,
  object_id,
  null::bytea as token_hash,
  permission,
  expires_at,
  max_uses,
  use_count,
  null::text as password_hash,
  revoked_at,
  null::jsonb as metadata,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.shares
where (deleted_at IS NULL);
comment on view public_masked.shares is 'public.shares as reporting may see it.';
comment on column public_masked.shares.id is 'The row''s id.';
comment on column public_masked.shares.user_id is 'Whose it is.';
comment on column public_masked.shares.object_type is 'The table of the shared row.';
comment on column public_masked.shares.object_id is 'The shared row. No foreign key: the table varies.';
comment on column public_masked.shares.token_hash is 'SHA-256 of the token in the link. @mask null';
comment on column public_masked.shares.permission is 'view or download.';
comment on column public_masked.shares.expires_at is 'When it stops working; NULL for never.';
comment on column public_masked.shares.max_uses is 'How often it works; NULL for any number.';
comment on column public_masked.shares.use_count is 'How often it was used.';
comment on column public_masked.shares.password_hash is 'The password in front of it, as a salted slow hash; NULL for none. @mask null';
comment on column public_masked.shares.revoked_at is 'When it was withdrawn; NULL while it works.';
comment on column public_masked.shares.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.shares.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.shares.created_at is 'When the row was made.';
comment on column public_masked.shares.updated_at is 'When the row last changed.';
comment on column public_masked.shares.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.shares to howdah_readonly;


create view public_masked.social_accounts with (security_barrier) as
select
  id,
  user_id,
  platform,
  username,
  account_type,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(display_name::text, '\s+') with ordinality as w (word, place)))::text as display_name,
  profile_url,
  profile_media_id,
  followers_count,
  following_count,
  posts_count,
  null::text as bio,
  is_verified,
  is_private,
  platform_account_id,
  contact_id,
  actor_uri,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.social_accounts
where (deleted_at IS NULL);
comment on view public_masked.social_accounts is 'public.social_accounts as reporting may see it.';
comment on column public_masked.social_accounts.id is 'The row''s id.';
comment on column public_masked.social_accounts.user_id is 'Whose it is.';
comment on column public_masked.social_accounts.platform is 'Which platform; other for one not listed.';
comment on column public_masked.social_accounts.username is 'The name of the account there.';
comment on column public_masked.social_accounts.account_type is 'What it is to the person: own, following, follower or other.';
comment on column public_masked.social_accounts.display_name is 'The name it shows. @mask name';
comment on column public_masked.social_accounts.profile_url is 'Its page.';
comment on column public_masked.social_accounts.profile_media_id is 'Its picture.';
comment on column public_masked.social_accounts.followers_count is 'How many follow it.';
comment on column public_masked.social_accounts.following_count is 'How many it follows.';
comment on column public_masked.social_accounts.posts_count is 'How much it has posted.';
comment on column public_masked.social_accounts.bio is 'What it says about itself. @mask null';
comment on column public_masked.social_accounts.is_verified is 'Whether the platform vouches for it.';
comment on column public_masked.social_accounts.is_private is 'Whether it shows its posts to some only.';
comment on column public_masked.social_accounts.platform_account_id is 'Its id there, which stays when the name changes.';
comment on column public_masked.social_accounts.contact_id is 'The contact behind it.';
comment on column public_masked.social_accounts.actor_uri is 'Its ActivityPub or AT Protocol address.';
comment on column public_masked.social_accounts.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.social_accounts.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.social_accounts.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.social_accounts.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.social_accounts.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.social_accounts.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.social_accounts.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.social_accounts.created_at is 'When the row was made.';
comment on column public_masked.social_accounts.updated_at is 'When the row last changed.';
comment on column public_masked.social_accounts.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.social_accounts to howdah_readonly;


create view public_masked.social_posts with (security_barrier) as
select
  id,
  user_id,
  platform,
  post_type,
  content,
  posted_at,
  platform_post_id,
  platform_url,
  likes_count,
  comments_count,
  shares_count,
  views_count,
  visibility,
  is_pinned,
  location,
  social_account_id,
  in_reply_to,
  conversation_id,
  language,
  edited_at,
  hashtags,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.social_posts
where (deleted_at IS NULL);
comment on view public_masked.social_posts is 'public.social_posts as reporting may see it.';
comment on column public_masked.social_posts.id is 'The row''s id.';
comment on column public_masked.social_posts.user_id is 'Whose it is.';
comment on column public_masked.social_posts.platform is 'Which platform; other for one not listed.';
comment on column public_masked.social_posts.post_type is 'What kind of post.';
comment on column public_masked.social_posts.content is 'What it says.';
comment on column public_masked.social_posts.posted_at is 'When it was posted.';
comment on column public_masked.social_posts.platform_post_id is 'Its id there.';
comment on column public_masked.social_posts.platform_url is 'Its page.';
comment on column public_masked.social_posts.likes_count is 'How many liked it.';
comment on column public_masked.social_posts.comments_count is 'How many commented on it.';
comment on column public_masked.social_posts.shares_count is 'How many shared it.';
comment on column public_masked.social_posts.views_count is 'How many saw it.';
comment on column public_masked.social_posts.visibility is 'Who can see it there. Here only its owner can.';
comment on column public_masked.social_posts.is_pinned is 'Whether it is pinned to the profile.';
comment on column public_masked.social_posts.location is 'The place it names.';
comment on column public_masked.social_posts.social_account_id is 'The account that posted it.';
comment on column public_masked.social_posts.in_reply_to is 'The platform id of the post it answers.';
comment on column public_masked.social_posts.conversation_id is 'The platform id of the conversation.';
comment on column public_masked.social_posts.language is 'Its language.';
comment on column public_masked.social_posts.edited_at is 'When it was last edited there.';
comment on column public_masked.social_posts.hashtags is 'Its hashtags, without the #.';
comment on column public_masked.social_posts.search is 'What full-text search looks through: content, hashtags and place.';
comment on column public_masked.social_posts.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.social_posts.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.social_posts.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.social_posts.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.social_posts.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.social_posts.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.social_posts.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.social_posts.created_at is 'When the row was made.';
comment on column public_masked.social_posts.updated_at is 'When the row last changed.';
comment on column public_masked.social_posts.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.social_posts to howdah_readonly;


create view public_masked.tasks with (security_barrier) as
select
  id,
  user_id,
  title,
  status,
  description,
  due_at,
  due_on,
  starts_at,
  completed_at,
  priority,
  tags,
  project,
  list_name,
  parent_task_id,
  subtask_order,
  percent_complete,
  recurrence_rule,
  ical_uid,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.tasks
where (deleted_at IS NULL);
comment on view public_masked.tasks is 'public.tasks as reporting may see it.';
comment on column public_masked.tasks.id is 'The row''s id.';
comment on column public_masked.tasks.user_id is 'Whose it is.';
comment on column public_masked.tasks.title is 'What is to be done.';
comment on column public_masked.tasks.status is 'pending, in_progress, completed or cancelled.';
comment on column public_masked.tasks.description is 'More about it.';
comment on column public_masked.tasks.due_at is 'When it must be done, to the minute.';
comment on column public_masked.tasks.due_on is 'When it must be done, to the day.';
comment on column public_masked.tasks.starts_at is 'When it can be begun.';
comment on column public_masked.tasks.completed_at is 'When it was done.';
comment on column public_masked.tasks.priority is 'low, medium, high or urgent.';
comment on column public_masked.tasks.tags is 'Words the person filed it under.';
comment on column public_masked.tasks.project is 'The project it belongs to.';
comment on column public_masked.tasks.list_name is 'The list it is on.';
comment on column public_masked.tasks.parent_task_id is 'The task it is part of; it goes when that one goes.';
comment on column public_masked.tasks.subtask_order is 'Its place among its siblings; lowest first.';
comment on column public_masked.tasks.percent_complete is 'How much is done, 0 to 100.';
comment on column public_masked.tasks.recurrence_rule is 'RRULE: how it repeats.';
comment on column public_masked.tasks.ical_uid is 'UID of iCalendar.';
comment on column public_masked.tasks.search is 'What full-text search looks through: title, project, tags and description.';
comment on column public_masked.tasks.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.tasks.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.tasks.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.tasks.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.tasks.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.tasks.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.tasks.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.tasks.created_at is 'When the row was made.';
comment on column public_masked.tasks.updated_at is 'When the row last changed.';
comment on column public_masked.tasks.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.tasks to howdah_readonly;


create view public_masked.transactions with (security_barrier) as
select
  id,
  user_id,
  transaction_type,
  amount,
  currency,
  merchant,
  category,
  description,
  transaction_date,
  posted_on,
  payment_method,
  status,
  account_key,
  null::text as account_last_four,
  fitid,
  balance_after,
  original_amount,
  original_currency,
  fx_rate,
  mcc,
  ('***' || case when length(counterparty_iban::text) >= 8 then right(counterparty_iban::text, 4) else left(counterparty_iban::text, 0) end)::text as counterparty_iban,
  counterparty_iban_bidx,
  transfer_pair_id,
  receipt_document_id,
  receipt_url,
  is_recurring,
  tags,
  null::text as notes,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.transactions
where (deleted_at IS NULL);
comment on view public_masked.transactions is 'public.transactions as reporting may see it.';
comment on column public_masked.transactions.id is 'The row''s id.';
comment on column public_masked.transactions.user_id is 'Whose it is.';
comment on column public_masked.transactions.transaction_type is 'purchase, payment, transfer, refund, subscription, income or other.';
comment on column public_masked.transactions.amount is 'How much; negative went out.';
comment on column public_masked.transactions.currency is 'In which currency.';
comment on column public_masked.transactions.merchant is 'With whom.';
comment on column public_masked.transactions.category is 'What for.';
comment on column public_masked.transactions.description is 'What the statement says.';
comment on column public_masked.transactions.transaction_date is 'When it happened.';
comment on column public_masked.transactions.posted_on is 'When the bank booked it.';
comment on column public_masked.transactions.payment_method is 'How it was paid.';
comment on column public_masked.transactions.status is 'pending, completed, failed, cancelled or refunded.';
comment on column public_masked.transactions.account_key is 'Which of the person''s accounts; a name that the import chose, not the number.';
comment on column public_masked.transactions.account_last_four is 'The last characters of the account or card number. @mask null';
comment on column public_masked.transactions.fitid is 'The id the bank gave it.';
comment on column public_masked.transactions.balance_after is 'What was left on the account.';
comment on column public_masked.transactions.original_amount is 'How much in the currency it was paid in.';
comment on column public_masked.transactions.original_currency is 'The currency it was paid in.';
comment on column public_masked.transactions.fx_rate is 'How many units of currency one unit of original_currency was worth.';
comment on column public_masked.transactions.mcc is 'Merchant category code (ISO 18245), four digits.';
comment on column public_masked.transactions.counterparty_iban is 'The other account. @mask last-four';
comment on column public_masked.transactions.counterparty_iban_bidx is 'Blind index of counterparty_iban: a truncated HMAC.';
comment on column public_masked.transactions.transfer_pair_id is 'What joins the two halves of a transfer between the person''s own accounts; both carry the same. No row has it as its id.';
comment on column public_masked.transactions.receipt_document_id is 'The receipt.';
comment on column public_masked.transactions.receipt_url is 'Where the receipt can be fetched.';
comment on column public_masked.transactions.is_recurring is 'Whether it comes again and again.';
comment on column public_masked.transactions.tags is 'Words the person filed it under.';
comment on column public_masked.transactions.notes is 'What the person noted about it. @mask null';
comment on column public_masked.transactions.search is 'What full-text search looks through: merchant, description, tags and category.';
comment on column public_masked.transactions.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.transactions.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.transactions.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.transactions.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.transactions.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.transactions.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.transactions.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.transactions.created_at is 'When the row was made.';
comment on column public_masked.transactions.updated_at is 'When the row last changed.';
comment on column public_masked.transactions.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.transactions to howdah_readonly;


create view public_masked.user_profiles with (security_barrier) as
select
  id,
  user_id,
  account_type,
  ((select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)
     from regexp_split_to_table(display_name::text, '\s+') with ordinality as w (word, place)))::text as display_name,
  avatar_media_id,
  null::text as bio,
  null::text as location,
  null::text as website,
  ai_provider,
  ai_model,
  ai_version,
  storage_used,
  storage_quota,
  preferences,
  locale,
  timezone,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.user_profiles
where (deleted_at IS NULL);
comment on view public_masked.user_profiles is 'public.user_profiles as reporting may see it.';
comment on column public_masked.user_profiles.id is 'The row''s id.';
comment on column public_masked.user_profiles.user_id is 'Whose it is.';
comment on column public_masked.user_profiles.account_type is 'The account''s type, kept in step with auth.users: human, ai or service.';
comment on column public_masked.user_profiles.display_name is 'The name shown to others. @mask name';
comment on column public_masked.user_profiles.avatar_media_id is 'The picture shown to others.';
comment on column public_masked.user_profiles.bio is 'A few words about the person. @mask null';
comment on column public_masked.user_profiles.location is 'Where the person says they are. @mask null';
comment on column public_masked.user_profiles.website is 'The person''s website. @mask null';
comment on column public_masked.user_profiles.ai_provider is 'Of an AI account: who runs the model.';
comment on column public_masked.user_profiles.ai_model is 'Of an AI account: which model.';
comment on column public_masked.user_profiles.ai_version is 'Of an AI account: which version of it.';
comment on column public_masked.user_profiles.storage_used is 'Bytes in the file store; the server keeps count.';
comment on column public_masked.user_profiles.storage_quota is 'Bytes the person may keep in the file store; 10 GiB unless the server says otherwise.';
comment on column public_masked.user_profiles.preferences is 'Settings of the user interface, as a JSON object.';
comment on column public_masked.user_profiles.locale is 'The language to address the person in.';
comment on column public_masked.user_profiles.timezone is 'The time zone to show times in.';
comment on column public_masked.user_profiles.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.user_profiles.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.user_profiles.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.user_profiles.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.user_profiles.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.user_profiles.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.user_profiles.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.user_profiles.created_at is 'When the row was made.';
comment on column public_masked.user_profiles.updated_at is 'When the row last changed.';
comment on column public_masked.user_profiles.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.user_profiles to howdah_readonly;


create view public_masked.web_pages with (security_barrier) as
select
  id,
  user_id,
  url,
  url_hash,
  title,
  saved_at,
  html_content,
  text_content,
  screenshot_media_id,
  author,
  published_at,
  site_name,
  description,
  archive_key,
  content_sha256,
  language,
  word_count,
  read_at,
  search,
  null::jsonb as metadata,
  source_integration_id,
  source_platform,
  source_object_id,
  source_hash,
  import_id,
  row_version,
  created_at,
  updated_at,
  deleted_at
from public.web_pages
where (deleted_at IS NULL);
comment on view public_masked.web_pages is 'public.web_pages as reporting may see it.';
comment on column public_masked.web_pages.id is 'The row''s id.';
comment on column public_masked.web_pages.user_id is 'Whose it is.';
comment on column public_masked.web_pages.url is 'Where it was.';
comment on column public_masked.web_pages.url_hash is 'SHA-256 of url, to find a page by: an index over long URLs would be large.';
comment on column public_masked.web_pages.title is 'Its title.';
comment on column public_masked.web_pages.saved_at is 'When it was saved.';
comment on column public_masked.web_pages.html_content is 'Its HTML.';
comment on column public_masked.web_pages.text_content is 'Its text without the markup.';
comment on column public_masked.web_pages.screenshot_media_id is 'What it looked like.';
comment on column public_masked.web_pages.author is 'Who wrote it.';
comment on column public_masked.web_pages.published_at is 'When it was published.';
comment on column public_masked.web_pages.site_name is 'Which site.';
comment on column public_masked.web_pages.description is 'What it says about itself.';
comment on column public_masked.web_pages.archive_key is 'Where its archive (WARC or a single file) lies in the file store, under the owner''s folder.';
comment on column public_masked.web_pages.content_sha256 is 'Digest of its content, to tell whether it changed.';
comment on column public_masked.web_pages.language is 'Its language.';
comment on column public_masked.web_pages.word_count is 'How many words its text has.';
comment on column public_masked.web_pages.read_at is 'When the person read it; NULL if not yet.';
comment on column public_masked.web_pages.search is 'What full-text search looks through: title, author, site and text.';
comment on column public_masked.web_pages.metadata is 'Free-form JSON object for what has no column of its own. @mask null';
comment on column public_masked.web_pages.source_integration_id is 'The integration that brought the row; NULL if none did.';
comment on column public_masked.web_pages.source_platform is 'Where the row comes from, such as google_takeout.';
comment on column public_masked.web_pages.source_object_id is 'The id it has there; with source_platform it makes a second import of the same thing change nothing.';
comment on column public_masked.web_pages.source_hash is 'Digest of the source''s record, to tell whether it has changed there.';
comment on column public_masked.web_pages.import_id is 'The import that brought the row, so that an import can be undone; NULL if none did.';
comment on column public_masked.web_pages.row_version is 'Counts the changes of the row; the API''s ETag.';
comment on column public_masked.web_pages.created_at is 'When the row was made.';
comment on column public_masked.web_pages.updated_at is 'When the row last changed.';
comment on column public_masked.web_pages.deleted_at is 'When the row was moved to the trash; NULL while it is live.';
grant select on public_masked.web_pages to howdah_readonly;
