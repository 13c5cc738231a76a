create operator family public.numbers using btree;
create operator family public.gone using hash;
comment on operator family public.numbers using btree is 'Before';
