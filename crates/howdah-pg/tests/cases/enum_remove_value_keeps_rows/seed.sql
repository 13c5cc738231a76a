insert into public.invoices values (1, 'draft', '{sent,paid}'), (2, 'paid', null), (3, 'sent', '{}');
