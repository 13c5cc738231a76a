insert into "my schema"."a ""quoted"" table" values (1, 'x', 'y', 'z', 'c', 'd', 'e');
