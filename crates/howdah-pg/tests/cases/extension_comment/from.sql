create extension unaccent;
create extension fuzzystrmatch;
comment on extension unaccent is 'For the search';
comment on extension fuzzystrmatch is null;
