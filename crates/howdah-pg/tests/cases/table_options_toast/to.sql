create table public.blobs (id int primary key, body text)
  with (toast_tuple_target = 4096, toast.autovacuum_vacuum_threshold = 500, toast.vacuum_truncate = false);
