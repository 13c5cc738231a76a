create table public.accounts (id int primary key, balance int not null default 0);
create function public.balance(int) returns bigint language sql stable begin atomic select balance from public.accounts where id = $1; end;
create procedure public.pay(n int, amount int) language sql begin atomic
  update public.accounts set balance = balance - amount where id = n;
  insert into public.accounts (id, balance) values (n + 1000, amount) on conflict (id) do nothing;
end;
create function public.plus(a int, b int) returns int language sql immutable return a + b;
comment on function public.balance(int) is 'Kept';
revoke execute on function public.balance(int) from public;
