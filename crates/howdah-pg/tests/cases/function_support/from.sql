create function public.a(text, text) returns boolean language internal immutable strict parallel safe support textlike_support as 'textlike';
create function public.b(int, int) returns setof int language internal immutable strict as 'generate_series_int4';
