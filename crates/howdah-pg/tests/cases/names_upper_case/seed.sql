insert into public."Users" values (1, 'Ada');
