create domain public.zip as text constraint digits check (value ~ '^[0-9]+$');
create domain public.iban as text;
alter domain public.iban add constraint long check (length(value) > 10) not valid;
