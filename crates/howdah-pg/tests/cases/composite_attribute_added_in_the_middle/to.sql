create type public.name as (first text, middle text, last text);
