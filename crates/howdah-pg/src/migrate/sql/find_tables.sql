-- Which of the runner's tables are there, in their present form.
-- Parameters: none.
-- Columns: has_history, has_progress.
-- Needs PostgreSQL 14.
select
  to_regclass('howdah.migrations') is not null as has_history,
  to_regclass('howdah.migration_progress') is not null
    and exists (
      select from pg_attribute a
      where a.attrelid = to_regclass('howdah.migrations') and a.attname = 'is_baseline' and not a.attisdropped
    ) as has_progress
