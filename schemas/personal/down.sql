-- Undoes the numbered files of this folder, in reverse order. It runs before the down.sql of the shared files.
--
-- Dropping a table drops its indexes, triggers, policies, comments and grants.

-- 90_masks.sql
drop view public_masked.web_pages;
drop view public_masked.user_profiles;
drop view public_masked.transactions;
drop view public_masked.tasks;
drop view public_masked.social_posts;
drop view public_masked.social_accounts;
drop view public_masked.shares;
drop view public_masked.profile_attributes;
drop view public_masked.privacy_requests;
drop view public_masked.notifications;
drop view public_masked.notes;
drop view public_masked.media;
drop view public_masked.locations;
drop view public_masked.links;
drop view public_masked.integrations;
drop view public_masked.imports;
drop view public_masked.health_records;
drop view public_masked.emails;
drop view public_masked.documents;
drop view public_masked.devices;
drop view public_masked.contacts;
drop view public_masked.consents;
drop view public_masked.calendar_events;
drop view public_masked.bookmarks;
drop view public_masked.albums;
drop schema public_masked;

-- 32_links_shares_notifications.sql
drop table public.notifications;
drop table public.shares;
drop table public.links;

-- 31_health.sql
drop table public.health_records;

-- 30_devices_locations.sql
alter table auth.sessions drop constraint fk_sessions_device;
drop table public.locations;
drop table public.devices;

-- 29_money.sql
drop table public.transactions;

-- 28_notes_documents.sql
drop table public.documents;
drop table public.notes;

-- 27_calendar_tasks.sql
drop table public.tasks;
drop table public.calendar_events;

-- 26_web.sql
drop table public.bookmarks;
drop table public.web_pages;

-- 25_email.sql
drop table public.email_attachments;
drop table public.emails;

-- 24_contacts_social.sql
drop table public.social_posts;
drop table public.social_accounts;
drop table public.contacts;

-- 23_privacy.sql
drop trigger trg_users_legal_hold on auth.users;
drop table public.erasure_ledger;
drop table public.legal_holds;
drop table public.privacy_requests;
drop table public.retention_policies;
drop table public.consents;
drop function public.refuse_while_held();
drop function public.require_consent();
drop function public.keep_until_erased();

-- 22_profiles.sql
drop trigger trg_users_profile on auth.users;
drop table public.profile_attributes;
drop table public.user_profiles;
drop function public.create_profile();

-- 21_media_albums.sql
drop table public.album_media;
drop table public.albums;
drop table public.media;

-- 20_imports_integrations.sql
drop table public.integration_secrets;
drop table public.integrations;
drop table public.imports;
comment on schema public is 'standard public schema';
