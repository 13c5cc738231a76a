create sequence public.counter start with 100;
