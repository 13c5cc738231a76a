create domain public.zip as text;
alter domain public.zip add constraint digits check (value ~ '^[0-9]+$') not valid;
create domain public.iban as text constraint long check (length(value) > 10);
