-- Purpose: what verifying looks at beside event_columns.sql; the middle of the statements that end otherwise.
-- Columns: whether the address is in the one form that the payload's digest knows; updated_at.
-- Minimum version: 14
, coalesce(e.ip::text = host(e.ip)::inet::text, true),
  e.updated_at
