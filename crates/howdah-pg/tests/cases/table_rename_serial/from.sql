-- renamed-from: shipments
create table public.parcels (
  id serial primary key,
  weight int
);
