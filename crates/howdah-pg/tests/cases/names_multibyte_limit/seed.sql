insert into public."äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüä" values (1);
