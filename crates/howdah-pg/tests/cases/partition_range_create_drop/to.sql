create table public.events (id bigint not null, at date not null, body text) partition by range (at);
create table public.events_2023 partition of public.events for values from ('2023-01-01') to ('2024-01-01');
create table public.events_2024 partition of public.events for values from ('2024-01-01') to ('2025-01-01');
create table public.events_rest partition of public.events default;
create index idx_events_body on public.events (body);
comment on table public.events is 'By year.';
comment on table public.events_2024 is 'This year.';
grant select on public.events to howdah_case_app;
