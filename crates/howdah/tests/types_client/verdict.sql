-- What the database says of a value.
--   statement: takes a JSON document as its parameter and returns a boolean, or is an INSERT
--   doc:       the document
-- Returns 'yes', 'no', or the SQLSTATE of the error. Nothing that it inserts stays.
create function pg_temp.verdict(statement text, doc text) returns text language plpgsql as $$
declare
  answer boolean;
begin
  if statement like 'insert %' then
    execute statement using doc;
    raise exception using errcode = 'HDYES';
  end if;
  execute statement into answer using doc;
  return case when answer then 'yes' else 'no' end;
exception when others then
  return case sqlstate when 'HDYES' then 'yes' else sqlstate end;
end $$;
