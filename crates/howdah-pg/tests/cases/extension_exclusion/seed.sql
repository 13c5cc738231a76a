insert into public.bookings values (1, '[2024-01-01,2024-01-02)'), (2, '[2024-01-01,2024-01-02)');
