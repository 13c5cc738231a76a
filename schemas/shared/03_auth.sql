-- Accounts and everything a sign-in leaves behind: sessions, refresh tokens, API keys, one-time tokens, second factors.
-- Beside them what ends a token before its time, and what slows down whoever guesses.
--
-- The data API never reaches these tables. The server switches to howdah_auth for its authentication endpoints, and only
-- that role has a grant here; row-level security is on all the same, so a grant given by mistake still shows nothing.
-- Secrets are stored as digests: SHA-256 where the secret is random (128 bits or more), a slow salted hash for passwords.
--
-- What a person shows of themselves (name, picture, language) is not here but in the template's profile table.
-- Neither are the columns that say which integration or import a row came from: accounts are never imported, and those
-- tables belong to a template while this file comes with every one of them.


-- ---------------------------------------------------------------------------------------------------------------
-- users
-- ---------------------------------------------------------------------------------------------------------------

create table auth.users (
  id                  uuid                 not null default gen_random_uuid(),
  email               public.email_address,
  password_hash       text,
  account_type        text                 not null default 'human',
  role                text                 not null default 'user',
  is_anonymous        boolean              not null default false,
  email_confirmed_at  timestamptz,
  is_active           boolean              not null default true,
  banned_until        timestamptz,
  last_login_at       timestamptz,
  failed_login_count  integer              not null default 0,
  locked_until        timestamptz,
  password_changed_at timestamptz,
  token_epoch         integer              not null default 0,
  audit_pseudonym     uuid                 not null default gen_random_uuid(),
  erasure_state       text                 not null default 'none',
  metadata            jsonb                not null default '{}',
  app_metadata        jsonb                not null default '{}',
  row_version         bigint               not null default 1,
  created_at          timestamptz          not null default now(),
  updated_at          timestamptz          not null default now(),
  deleted_at          timestamptz,

  constraint users_pkey                   primary key (id),
  constraint uq_users_audit_pseudonym     unique (audit_pseudonym),
  -- Lets a profile carry the account type and stay in step with it.
  constraint uq_users_id_account_type     unique (id, account_type),
  constraint chk_users_password_hash      check (char_length(password_hash) <= 255),
  constraint chk_users_account_type       check (account_type in ('human', 'ai', 'service')),
  constraint chk_users_password           check (account_type = 'human' or password_hash is null),
  constraint chk_users_role               check (role in ('user', 'admin', 'readonly', 'service')),
  constraint chk_users_failed_login_count check (failed_login_count >= 0),
  constraint chk_users_token_epoch        check (token_epoch >= 0),
  constraint chk_users_erasure_state      check (erasure_state in ('none', 'requested', 'shredded')),
  -- Only somebody who has not said who they are may lack an address.
  constraint chk_users_email              check (is_anonymous or email is not null),
  constraint chk_users_email_confirmed_at check (email_confirmed_at is null or email is not null),
  constraint chk_users_metadata           check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536),
  constraint chk_users_app_metadata       check (jsonb_typeof(app_metadata) = 'object' and octet_length(app_metadata::text) <= 65536)
);

comment on table  auth.users                     is 'Accounts: people, AI assistants and services that can sign in. @group accounts @owner id @audit @version row_version';
comment on column auth.users.id                  is 'The account''s id; claim "sub" of its tokens, and user_id in every table that has an owner.';
comment on column auth.users.email               is 'The address the account signs in with and mail goes to; NULL only while the account is anonymous. @pii email @mask email';
comment on column auth.users.password_hash       is 'The password as a salted slow hash with a scheme tag; NULL for AI and service accounts, and for people who sign in without a password. @mask null';
comment on column auth.users.account_type        is 'Who is behind the account: human, ai or service.';
comment on column auth.users.role                is 'What the account may do: user, admin, readonly or service.';
comment on column auth.users.is_anonymous        is 'Whether nobody has said who they are: no address, no password, gone with its session unless it is turned into an account.';
comment on column auth.users.email_confirmed_at  is 'When the owner of the address proved it; NULL while they have not.';
comment on column auth.users.is_active           is 'Whether the account may sign in; switching it off ends its sessions.';
comment on column auth.users.banned_until        is 'Until when an administrator keeps the account out; setting it ends its sessions. NULL for not at all.';
comment on column auth.users.last_login_at       is 'When the account last signed in.';
comment on column auth.users.failed_login_count  is 'Failed sign-ins since the last one that succeeded.';
comment on column auth.users.locked_until        is 'Until when sign-ins are slowed down after too many failures.';
comment on column auth.users.password_changed_at is 'When the password was last set.';
comment on column auth.users.token_epoch         is 'Counted up to make every access token issued before worthless at once.';
comment on column auth.users.audit_pseudonym     is 'The name the audit trail knows the account by. Deleting the account deletes the only link between the two.';
comment on column auth.users.erasure_state       is 'How far an erasure has come: none, requested, or shredded (the data key is destroyed).';
comment on column auth.users.metadata            is 'Free-form JSON object of the person''s own, such as the display name given at sign-up; claim "user_metadata". They may write anything here, so no policy may trust it. @pii @mask null';
comment on column auth.users.app_metadata        is 'JSON object that only administrators write, such as the groups the account belongs to; claim "app_metadata", which policies may trust.';
comment on column auth.users.row_version         is 'Counts the changes of the row; the API''s ETag.';
comment on column auth.users.created_at          is 'When the account was created.';
comment on column auth.users.updated_at          is 'When the account last changed.';
comment on column auth.users.deleted_at          is 'When the account was closed; its address may then be used again. NULL while it is open.';
comment on constraint uq_users_id_account_type on auth.users is 'Redundant beside the primary key, but a foreign key that carries the account type needs it.';

create unique index uq_users_email       on auth.users (lower(email)) where deleted_at is null;
create index        idx_users_updated_at on auth.users (updated_at);
create index        idx_users_deleted_at on auth.users (deleted_at) where deleted_at is not null;
comment on index auth.uq_users_email is 'One open account per address, whatever its capitals; the address of a closed account is free again.';

create trigger trg_users_touch
  before update on auth.users
  for each row execute function public.touch_row();

alter table auth.users enable row level security;
alter table auth.users force  row level security;

create policy auth_manages_all on auth.users
  for all to howdah_auth using (true) with check (true);
create policy readonly_reads_live on auth.users
  for select to howdah_readonly using (deleted_at is null);
comment on policy auth_manages_all    on auth.users is 'The authentication endpoints read and write every account.';
comment on policy readonly_reads_live on auth.users is 'Reporting counts open accounts; column grants keep address and password out.';

grant select, insert, update, delete on auth.users to howdah_auth;
grant select (id, account_type, role, is_anonymous, email_confirmed_at, is_active, banned_until, last_login_at, erasure_state, created_at, updated_at, deleted_at)
  on auth.users to howdah_readonly;


-- ---------------------------------------------------------------------------------------------------------------
-- sessions
-- ---------------------------------------------------------------------------------------------------------------

create table auth.sessions (
  id              uuid        not null default gen_random_uuid(),
  user_id         uuid        not null,
  last_used_at    timestamptz not null default now(),
  not_after       timestamptz not null,
  idle_until      timestamptz not null,
  mfa_verified_at timestamptz,
  amr             jsonb       not null default '[]',
  ip              inet,
  user_agent      text,
  device_id       uuid,
  revoked_at      timestamptz,
  revoke_reason   text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),

  constraint sessions_pkey              primary key (id),
  constraint fk_sessions_user           foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_sessions_not_after     check (not_after > created_at),
  constraint chk_sessions_idle_until    check (idle_until <= not_after),
  constraint chk_sessions_amr           check (jsonb_typeof(amr) = 'array'),
  constraint chk_sessions_user_agent    check (char_length(user_agent) <= 500),
  constraint chk_sessions_revoke_reason check (revoke_reason in ('logout', 'reuse', 'password_change', 'admin', 'expired', 'erasure')),
  constraint chk_sessions_revoked       check ((revoked_at is null) = (revoke_reason is null))
);

comment on table  auth.sessions                 is 'One row per sign-in. Access tokens carry its id, so ending a session ends them. @group accounts @owner user_id';
comment on column auth.sessions.id              is 'The session''s id; claim "session_id" of its access tokens.';
comment on column auth.sessions.user_id         is 'Whose session it is.';
comment on column auth.sessions.last_used_at    is 'When a token of this session was last refreshed.';
comment on column auth.sessions.not_after       is 'The absolute limit: past it the session is over, however busy.';
comment on column auth.sessions.idle_until      is 'The idle limit: pushed forward by each refresh, never past the absolute one.';
comment on column auth.sessions.mfa_verified_at is 'When a second factor was shown in this session; NULL if none was.';
comment on column auth.sessions.amr             is 'How and when the person showed who they are: an array of {"method", "timestamp"}, claim "amr".';
comment on column auth.sessions.ip              is 'The address the sign-in came from. @pii ip @mask null';
comment on column auth.sessions.user_agent      is 'What the client called itself. @pii device @mask null';
comment on column auth.sessions.device_id       is 'The device, if the person has registered it. A foreign key only in templates that keep devices.';
comment on column auth.sessions.revoked_at      is 'When the session was ended; NULL while it lives.';
comment on column auth.sessions.revoke_reason   is 'Why it was ended: logout, reuse (of a refresh token), password_change, admin, expired or erasure.';
comment on column auth.sessions.created_at      is 'When the person signed in.';
comment on column auth.sessions.updated_at      is 'When the session last changed.';

create index idx_sessions_user_id_last_used_at on auth.sessions (user_id, last_used_at desc);
create index idx_sessions_user_id_device_id    on auth.sessions (user_id, device_id) where device_id is not null;
create index idx_sessions_not_after            on auth.sessions (not_after);

create trigger trg_sessions_updated_at
  before update on auth.sessions
  for each row execute function public.set_updated_at();

alter table auth.sessions enable row level security;
alter table auth.sessions force  row level security;

create policy auth_manages_all on auth.sessions
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.sessions is 'The authentication endpoints open, list and end sessions.';

grant select, insert, update, delete on auth.sessions to howdah_auth;


-- ---------------------------------------------------------------------------------------------------------------
-- revocations
-- ---------------------------------------------------------------------------------------------------------------

-- An access token is good until it expires and is not looked up on every request. What ends one earlier stands here, and
-- every server keeps a copy in memory: told by NOTIFY, and looking by itself several times a second. xid makes looking
-- exact: nothing below the oldest transaction that was running at the last look can appear any more.
create table auth.revocations (
  id          bigint      not null generated always as identity,
  -- howdah:allow undeclared-foreign-key: it outlives the account
  user_id     uuid        not null,
  -- howdah:allow undeclared-foreign-key: it outlives the session
  session_id  uuid,
  below_epoch integer,
  xid         xid8        not null default pg_current_xact_id(),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),

  constraint revocations_pkey       primary key (id),
  constraint chk_revocations_reason check ((session_id is null) <> (below_epoch is null))
);

comment on table  auth.revocations             is 'Access tokens that are worthless before they expire: those of an ended session, or all of an account below an epoch. Written by triggers; a row is of no use after the longest lifetime of an access token, a day, and is then deleted. @group accounts';
comment on column auth.revocations.id          is 'The order of writing.';
comment on column auth.revocations.user_id     is 'Whose tokens. No foreign key: tokens outlive a deleted account.';
comment on column auth.revocations.session_id  is 'The session that ended; NULL if it is about all of them. No foreign key: tokens outlive a deleted session.';
comment on column auth.revocations.below_epoch is 'Tokens of the account with a smaller epoch are worthless; NULL if it is about one session.';
comment on column auth.revocations.xid         is 'The transaction that wrote the row.';
comment on column auth.revocations.created_at  is 'When the transaction that ended them began.';
comment on column auth.revocations.updated_at  is 'Equal to created_at: a row never changes.';

create index idx_revocations_xid        on auth.revocations (xid);
create index idx_revocations_created_at on auth.revocations (created_at);

alter table auth.revocations enable row level security;
alter table auth.revocations force  row level security;

create policy auth_manages_all on auth.revocations
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.revocations is 'Servers read what has ended and delete what is old; the triggers write as the owner, who inherits howdah_auth.';

grant select, insert, delete on auth.revocations to howdah_auth;

create function auth.revoke_session() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  insert into auth.revocations (user_id, session_id) values (old.user_id, old.id);
  perform pg_notify('howdah_revocations', '');
  return null;
end
$$;
comment on function auth.revoke_session() is
  'Trigger, after a session is ended or deleted: tells every server that its access tokens are worthless.';

create trigger trg_sessions_revoke
  after update of revoked_at on auth.sessions
  for each row when (old.revoked_at is null and new.revoked_at is not null) execute function auth.revoke_session();
create trigger trg_sessions_revoke_deleted
  after delete on auth.sessions
  for each row when (old.revoked_at is null) execute function auth.revoke_session();

create function auth.count_epoch() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.token_epoch := greatest(new.token_epoch, old.token_epoch + 1);
  return new;
end
$$;
comment on function auth.count_epoch() is
  'Trigger, before an account is switched off, banned, closed or given another role: counts its epoch up, which makes every access token issued before worthless.';

create trigger trg_users_epoch
  before update of is_active, banned_until, deleted_at, role, account_type on auth.users
  for each row when (
    (old.is_active and not new.is_active)
    or (new.banned_until is distinct from old.banned_until and new.banned_until > now())
    or (old.deleted_at is null and new.deleted_at is not null)
    or old.role <> new.role
    or old.account_type <> new.account_type)
  execute function auth.count_epoch();

create function auth.revoke_account() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if tg_op = 'DELETE' then
    insert into auth.revocations (user_id, below_epoch) values (old.id, old.token_epoch + 1);
  else
    insert into auth.revocations (user_id, below_epoch) values (new.id, new.token_epoch);
    if not new.is_active or new.deleted_at is not null or new.banned_until > now() then
      update auth.sessions
      set revoked_at = now(), revoke_reason = 'admin'
      where user_id = new.id and revoked_at is null;
    end if;
  end if;
  perform pg_notify('howdah_revocations', '');
  return null;
end
$$;
comment on function auth.revoke_account() is
  'Trigger, after an account''s epoch was counted up or the account was deleted: tells every server that its access tokens are worthless, and ends the sessions of an account that may no longer sign in.';

create trigger trg_users_revoke
  after update on auth.users
  for each row when (new.token_epoch > old.token_epoch) execute function auth.revoke_account();
create trigger trg_users_revoke_deleted
  after delete on auth.users
  for each row execute function auth.revoke_account();



-- ---------------------------------------------------------------------------------------------------------------
-- refresh_tokens
-- ---------------------------------------------------------------------------------------------------------------

create table auth.refresh_tokens (
  id          uuid                 not null default gen_random_uuid(),
  session_id  uuid                 not null,
  token_hash  public.sha256_digest not null,
  parent_id   uuid,
  issued_at   timestamptz          not null default now(),
  expires_at  timestamptz          not null,
  consumed_at timestamptz,
  created_at  timestamptz          not null default now(),
  updated_at  timestamptz          not null default now(),

  constraint refresh_tokens_pkey           primary key (id),
  constraint uq_refresh_tokens_token_hash  unique (token_hash),
  constraint fk_refresh_tokens_session     foreign key (session_id) references auth.sessions (id) on delete cascade,
  constraint fk_refresh_tokens_parent      foreign key (parent_id) references auth.refresh_tokens (id) on delete set null,
  constraint chk_refresh_tokens_parent     check (parent_id <> id),
  constraint chk_refresh_tokens_expires_at check (expires_at > issued_at)
);

comment on table  auth.refresh_tokens             is 'Refresh tokens, each usable once: using one consumes it and issues its child. A consumed one that comes back late was stolen. @group accounts';
comment on column auth.refresh_tokens.id          is 'The token''s id; not the token.';
comment on column auth.refresh_tokens.session_id  is 'The session the token prolongs.';
comment on column auth.refresh_tokens.token_hash  is 'SHA-256 of the token. @mask null';
comment on column auth.refresh_tokens.parent_id   is 'The token this one was exchanged for; NULL for the first of a session.';
comment on column auth.refresh_tokens.issued_at   is 'When the token was handed out.';
comment on column auth.refresh_tokens.expires_at  is 'When it ends if unused.';
comment on column auth.refresh_tokens.consumed_at is 'When it was exchanged; NULL while it is good.';
comment on column auth.refresh_tokens.created_at  is 'When the row was written.';
comment on column auth.refresh_tokens.updated_at  is 'When the row last changed.';

create index idx_refresh_tokens_session_id on auth.refresh_tokens (session_id, issued_at desc);
create index idx_refresh_tokens_parent_id  on auth.refresh_tokens (parent_id) where parent_id is not null;
create index idx_refresh_tokens_expires_at on auth.refresh_tokens (expires_at);

create trigger trg_refresh_tokens_updated_at
  before update on auth.refresh_tokens
  for each row execute function public.set_updated_at();

alter table auth.refresh_tokens enable row level security;
alter table auth.refresh_tokens force  row level security;

create policy auth_manages_all on auth.refresh_tokens
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.refresh_tokens is 'The authentication endpoints rotate refresh tokens.';

grant select, insert, update, delete on auth.refresh_tokens to howdah_auth;


-- ---------------------------------------------------------------------------------------------------------------
-- api_keys
-- ---------------------------------------------------------------------------------------------------------------

create table auth.api_keys (
  id              uuid                 not null default gen_random_uuid(),
  user_id         uuid                 not null,
  name            text                 not null,
  prefix          text                 not null,
  key_hash        public.sha256_digest not null,
  scopes          text[]               not null default '{}',
  role            text                 not null default 'authenticated',
  expires_at      timestamptz,
  last_used_at    timestamptz,
  rotated_from_id uuid,
  grace_until     timestamptz,
  revoked_at      timestamptz,
  metadata        jsonb                not null default '{}',
  row_version     bigint               not null default 1,
  created_at      timestamptz          not null default now(),
  updated_at      timestamptz          not null default now(),

  constraint api_keys_pkey            primary key (id),
  constraint uq_api_keys_prefix       unique (prefix),
  constraint uq_api_keys_key_hash     unique (key_hash),
  constraint fk_api_keys_user         foreign key (user_id) references auth.users (id) on delete cascade,
  constraint fk_api_keys_rotated_from foreign key (rotated_from_id) references auth.api_keys (id) on delete set null,
  constraint chk_api_keys_name         check (char_length(name) between 1 and 100),
  constraint chk_api_keys_prefix       check (prefix ~ '^[A-Za-z0-9_]{4,32}$'),
  constraint chk_api_keys_role         check (role in ('anon', 'authenticated', 'service_role', 'howdah_readonly')),
  constraint chk_api_keys_rotated_from check (rotated_from_id <> id),
  constraint chk_api_keys_expires_at   check (expires_at > created_at),
  constraint chk_api_keys_metadata     check (jsonb_typeof(metadata) = 'object')
);

comment on table  auth.api_keys                 is 'Keys for programs that call the API: a readable prefix to find the row by, the whole key as a digest. @group accounts @owner user_id @audit @version row_version';
comment on column auth.api_keys.id              is 'The key''s id; not the key.';
comment on column auth.api_keys.user_id         is 'The account the key acts for.';
comment on column auth.api_keys.name            is 'What the owner calls it, such as "backup script".';
comment on column auth.api_keys.prefix          is 'The first part of the key, shown in lists; no secret.';
comment on column auth.api_keys.key_hash        is 'SHA-256 of the whole key. @mask null';
comment on column auth.api_keys.scopes          is 'What the key may be used for, such as contacts:read; none listed means nothing.';
comment on column auth.api_keys.role            is 'The database role a request with this key runs under: anon, authenticated, service_role or howdah_readonly.';
comment on column auth.api_keys.expires_at      is 'When the key stops working; NULL for never.';
comment on column auth.api_keys.last_used_at    is 'When it was last used, to about a minute.';
comment on column auth.api_keys.rotated_from_id is 'The key this one replaces.';
comment on column auth.api_keys.grace_until     is 'Until when a replaced key still works, so that its users can change over.';
comment on column auth.api_keys.revoked_at      is 'When the key was withdrawn; NULL while it is good.';
comment on column auth.api_keys.metadata        is 'Free-form JSON object. @pii @mask null';
comment on column auth.api_keys.row_version     is 'Counts the changes of the row; the API''s ETag.';
comment on column auth.api_keys.created_at      is 'When the key was made.';
comment on column auth.api_keys.updated_at      is 'When the row last changed.';

create index idx_api_keys_user_id_created_at on auth.api_keys (user_id, created_at desc);
create index idx_api_keys_rotated_from_id    on auth.api_keys (rotated_from_id) where rotated_from_id is not null;

create trigger trg_api_keys_touch
  before update on auth.api_keys
  for each row execute function public.touch_row();

alter table auth.api_keys enable row level security;
alter table auth.api_keys force  row level security;

create policy auth_manages_all on auth.api_keys
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.api_keys is 'The authentication endpoints make, check, rotate and withdraw keys.';

grant select, insert, update, delete on auth.api_keys to howdah_auth;


-- ---------------------------------------------------------------------------------------------------------------
-- one_time_tokens
-- ---------------------------------------------------------------------------------------------------------------

create table auth.one_time_tokens (
  id             uuid                 not null default gen_random_uuid(),
  user_id        uuid                 not null,
  purpose        text                 not null,
  token_hash     public.sha256_digest not null,
  code_hash      public.sha256_digest,
  sent_to        public.email_address,
  is_half        boolean              not null default false,
  code_challenge text,
  failed_count   integer              not null default 0,
  expires_at     timestamptz          not null,
  consumed_at    timestamptz,
  created_at     timestamptz          not null default now(),
  updated_at     timestamptz          not null default now(),

  constraint one_time_tokens_pkey               primary key (id),
  constraint uq_one_time_tokens_token_hash      unique (token_hash),
  constraint fk_one_time_tokens_user            foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_one_time_tokens_purpose        check (purpose in ('email_verification', 'email_change', 'password_reset', 'magic_link', 'invitation', 'reauthentication', 'email_change_current', 'authorization_code')),
  constraint chk_one_time_tokens_sent_to        check (purpose not in ('email_change', 'email_change_current') or sent_to is not null),
  constraint chk_one_time_tokens_code_challenge check (code_challenge ~ '^[A-Za-z0-9_-]{43}$'),
  constraint chk_one_time_tokens_failed_count   check (failed_count >= 0),
  constraint chk_one_time_tokens_expires_at     check (expires_at > created_at)
);

comment on table  auth.one_time_tokens                is 'Tokens sent by mail that work once: to prove or change an address, to reset a password, to sign in without one. @group accounts @owner user_id';
comment on column auth.one_time_tokens.id             is 'The token''s id; not the token.';
comment on column auth.one_time_tokens.user_id        is 'The account it was issued for.';
comment on column auth.one_time_tokens.purpose        is 'What it is good for: email_verification, email_change (sent to the new address), email_change_current (sent to the one of before), password_reset, magic_link, invitation, reauthentication, or authorization_code (what a followed link leaves for the application to exchange).';
comment on column auth.one_time_tokens.token_hash     is 'SHA-256 of the token. @mask null';
comment on column auth.one_time_tokens.code_hash      is 'Digest, under the secret that passwords are mixed with, of the short code that stands beside the token. @mask null';
comment on column auth.one_time_tokens.sent_to        is 'The address it was sent to; for a change of address the new one. @pii email @mask email';
comment on column auth.one_time_tokens.is_half        is 'Whether another one has to be used first: a change of address that both addresses agree to.';
comment on column auth.one_time_tokens.code_challenge is 'SHA-256 of the verifier (PKCE, S256) that the application has, in base64url: following the link then gives an authorization code.';
comment on column auth.one_time_tokens.failed_count   is 'How often something else was tried in its place.';
comment on column auth.one_time_tokens.expires_at     is 'When it ends if unused.';
comment on column auth.one_time_tokens.consumed_at    is 'When it was used; NULL while it is good.';
comment on column auth.one_time_tokens.created_at     is 'When it was issued.';
comment on column auth.one_time_tokens.updated_at     is 'When the row last changed.';

create index idx_one_time_tokens_user_id_purpose on auth.one_time_tokens (user_id, purpose);
create index idx_one_time_tokens_expires_at      on auth.one_time_tokens (expires_at);
create index idx_one_time_tokens_sent_to           on auth.one_time_tokens (lower(sent_to)) where purpose = 'email_change' and consumed_at is null;

create trigger trg_one_time_tokens_updated_at
  before update on auth.one_time_tokens
  for each row execute function public.set_updated_at();

alter table auth.one_time_tokens enable row level security;
alter table auth.one_time_tokens force  row level security;

create policy auth_manages_all on auth.one_time_tokens
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.one_time_tokens is 'The authentication endpoints issue and consume tokens.';

grant select, insert, update, delete on auth.one_time_tokens to howdah_auth;


-- ---------------------------------------------------------------------------------------------------------------
-- mfa_factors
-- ---------------------------------------------------------------------------------------------------------------

create table auth.mfa_factors (
  id              uuid        not null default gen_random_uuid(),
  user_id         uuid        not null,
  factor_type     text        not null,
  friendly_name   text        not null,
  secret          text,
  last_used_step  bigint,
  credential_id   bytea,
  public_key      bytea,
  signature_count bigint,
  confirmed_at    timestamptz,
  last_used_at    timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),

  constraint mfa_factors_pkey             primary key (id),
  constraint uq_mfa_factors_credential_id unique (credential_id),
  constraint fk_mfa_factors_user          foreign key (user_id) references auth.users (id) on delete cascade,
  constraint chk_mfa_factors_type          check (factor_type in ('totp', 'webauthn')),
  constraint chk_mfa_factors_friendly_name check (char_length(friendly_name) between 1 and 100),
  constraint chk_mfa_factors_totp          check ((factor_type = 'totp') = (secret is not null)),
  constraint chk_mfa_factors_webauthn      check ((factor_type = 'webauthn') = (credential_id is not null and public_key is not null and signature_count is not null))
);

comment on table  auth.mfa_factors                 is 'Second factors: authenticator apps (TOTP) and security keys (WebAuthn). @group accounts @owner user_id @audit';
comment on column auth.mfa_factors.id              is 'The factor''s id.';
comment on column auth.mfa_factors.user_id         is 'Whose factor it is.';
comment on column auth.mfa_factors.factor_type     is 'totp or webauthn.';
comment on column auth.mfa_factors.friendly_name   is 'What the owner calls it, such as "phone".';
comment on column auth.mfa_factors.secret          is 'The shared secret of a TOTP factor. @encrypt @mask null';
comment on column auth.mfa_factors.last_used_step  is 'The time step of the last accepted code: a code works once.';
comment on column auth.mfa_factors.credential_id   is 'The id a WebAuthn authenticator gave its credential. @mask null';
comment on column auth.mfa_factors.public_key      is 'The public key of a WebAuthn credential (COSE). @mask null';
comment on column auth.mfa_factors.signature_count is 'The authenticator''s counter; one that goes backwards points to a clone.';
comment on column auth.mfa_factors.confirmed_at    is 'When the factor was first used with success; before that it protects nothing.';
comment on column auth.mfa_factors.last_used_at    is 'When it was last used.';
comment on column auth.mfa_factors.created_at      is 'When it was set up.';
comment on column auth.mfa_factors.updated_at      is 'When the row last changed.';

create index idx_mfa_factors_user_id on auth.mfa_factors (user_id);

create trigger trg_mfa_factors_updated_at
  before update on auth.mfa_factors
  for each row execute function public.set_updated_at();

alter table auth.mfa_factors enable row level security;
alter table auth.mfa_factors force  row level security;

create policy auth_manages_all on auth.mfa_factors
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.mfa_factors is 'The authentication endpoints set up and check second factors.';

grant select, insert, update, delete on auth.mfa_factors to howdah_auth;


-- ---------------------------------------------------------------------------------------------------------------
-- recovery_codes
-- ---------------------------------------------------------------------------------------------------------------

create table auth.recovery_codes (
  id          uuid                 not null default gen_random_uuid(),
  user_id     uuid                 not null,
  code_hash   public.sha256_digest not null,
  consumed_at timestamptz,
  created_at  timestamptz          not null default now(),
  updated_at  timestamptz          not null default now(),

  constraint recovery_codes_pkey    primary key (id),
  constraint fk_recovery_codes_user foreign key (user_id) references auth.users (id) on delete cascade,
  constraint uq_recovery_codes_user_id_code_hash unique (user_id, code_hash)
);

comment on table  auth.recovery_codes             is 'Codes that stand in once for a lost second factor. @group accounts @owner user_id';
comment on column auth.recovery_codes.id          is 'The code''s id; not the code.';
comment on column auth.recovery_codes.user_id     is 'Whose code it is.';
comment on column auth.recovery_codes.code_hash   is 'SHA-256 of the code, which is random and at least 128 bits long. @mask null';
comment on column auth.recovery_codes.consumed_at is 'When it was used; NULL while it is good.';
comment on column auth.recovery_codes.created_at  is 'When it was issued.';
comment on column auth.recovery_codes.updated_at  is 'When the row last changed.';

create trigger trg_recovery_codes_updated_at
  before update on auth.recovery_codes
  for each row execute function public.set_updated_at();

alter table auth.recovery_codes enable row level security;
alter table auth.recovery_codes force  row level security;

create policy auth_manages_all on auth.recovery_codes
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.recovery_codes is 'The authentication endpoints issue and consume recovery codes.';

grant select, insert, update, delete on auth.recovery_codes to howdah_auth;


-- ---------------------------------------------------------------------------------------------------------------
-- throttles
-- ---------------------------------------------------------------------------------------------------------------

create table auth.throttles (
  key_hash   public.sha256_digest not null,
  full_at    timestamptz          not null,
  created_at timestamptz          not null default now(),
  updated_at timestamptz          not null default now(),

  constraint throttles_pkey primary key (key_hash)
);

comment on table  auth.throttles            is 'How often something was tried lately, such as passwords for one account from one address. One row per limit and subject; a row whose allowance is whole again says nothing and is deleted. @group accounts';
comment on column auth.throttles.key_hash   is 'SHA-256 of the limit''s name and its subject, so that neither addresses nor accounts stand here.';
comment on column auth.throttles.full_at    is 'When the allowance is whole again if nothing more is tried; each try pushes it forward.';
comment on column auth.throttles.created_at is 'When the first of these tries was made.';
comment on column auth.throttles.updated_at is 'When the last one was made.';

create index idx_throttles_full_at on auth.throttles (full_at);

create trigger trg_throttles_updated_at
  before update on auth.throttles
  for each row execute function public.set_updated_at();

alter table auth.throttles enable row level security;
alter table auth.throttles force  row level security;

create policy auth_manages_all on auth.throttles
  for all to howdah_auth using (true) with check (true);
comment on policy auth_manages_all on auth.throttles is 'The authentication endpoints count tries.';

grant select, insert, update, delete on auth.throttles to howdah_auth;
