-- The sequence behind a serial keeps its own name unless its owner is rebuilt: both must end under the new name with its value.

-- renamed-from: parcels
create table public.shipments (
  id serial primary key,
  weight int
);
