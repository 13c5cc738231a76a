insert into store.items values (1, 'pen'), (2, null);
