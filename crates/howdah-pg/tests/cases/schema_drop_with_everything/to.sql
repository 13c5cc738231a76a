create schema keep;
create table keep.visits (person_id int, at timestamptz);
