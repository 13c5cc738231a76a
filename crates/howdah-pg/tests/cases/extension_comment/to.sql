create extension unaccent;
create extension fuzzystrmatch;
comment on extension fuzzystrmatch is 'Soundex, for names';
