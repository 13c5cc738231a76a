create function public.a(text, text) returns boolean language internal immutable strict parallel safe as 'textlike';
create function public.b(int, int) returns setof int language internal immutable strict support generate_series_int4_support as 'generate_series_int4';
