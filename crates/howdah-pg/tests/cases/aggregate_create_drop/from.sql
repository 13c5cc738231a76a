create aggregate public.total(int) (sfunc = int4pl, stype = int, initcond = '0');
create aggregate public.gone(text) (sfunc = textcat, stype = text);
