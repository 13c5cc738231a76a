-- The 25 rows of a user after a random key, in the statements that PostgREST sends for it.
\set id random(0, {last}) * 8 + {user}
BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
select set_config('search_path', '"public"', true), set_config('role', 'authenticated', true), set_config('request.jwt.claims', '{claims}', true), set_config('request.method', 'GET', true), set_config('request.path', '/items', true), set_config('request.headers', '{"host": "127.0.0.1", "user-agent": "pgbench"}', true), set_config('request.cookies', '{}', true);
WITH pgrst_source AS ( SELECT "public"."items".* FROM "public"."items" WHERE "public"."items"."id" > :id ORDER BY "public"."items"."id" ASC LIMIT 25 OFFSET 0 ) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, '' AS response_inserted FROM ( SELECT * FROM pgrst_source ) _postgrest_t;
COMMIT;
