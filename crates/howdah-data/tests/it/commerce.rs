//! The laws of the `commerce` template's rows.

use crate::common::{none, one, plan, seed, seeded};
use howdah_data::demo;
use howdah_testkit::TestDb;

const LAWS: &[(&str, &str)] = &[
    (
        "orders add up",
        "select o.id, o.subtotal, sum(i.line_total) from public.orders o left join public.order_items i on i.order_id = o.id
         group by o.id having o.subtotal is distinct from sum(i.line_total)
           or o.total <> sum(i.quantity * i.unit_price - i.discount_total) + o.shipping_total + o.tax_total",
    ),
    ("sending is free from 80 on", "select id from public.orders where (subtotal >= 80) <> (shipping_total = 0)"),
    (
        "duty is a tenth, and only from abroad",
        "select id from public.orders where status <> 'draft'
           and tax_total <> case when shipping_address ->> 'country' in ('DE', 'PT', 'DK', 'FR', 'PL', 'IE', 'ES') then 0 else trunc(subtotal / 10, 2) end",
    ),
    ("no product twice in an order", "select order_id from public.order_items group by order_id, product_id having count(*) > 1"),
    ("lines say what the product is called", "select i.id from public.order_items i join public.products p on p.id = i.product_id where (i.sku, i.name) <> (p.sku, p.name) or i.unit_price > p.price or i.unit_price < p.price * 0.94"),
    ("nothing is ordered before it is there", "select i.id from public.order_items i join public.products p on p.id = i.product_id join public.orders o on o.id = i.order_id where o.created_at <= p.created_at"),
    ("nobody orders before they are a customer", "select o.id from public.orders o join public.customers c on c.id = o.customer_id where o.created_at <= c.created_at"),
    (
        "an order goes one step after the other",
        "select id from public.orders where placed_at <= created_at or paid_at <= placed_at or shipped_at <= paid_at
           or completed_at <= shipped_at or refunded_at <= completed_at or cancelled_at <= placed_at",
    ),
    (
        "the state is the last step",
        "select id, status from public.orders where status <> case
           when refunded_at is not null then 'refunded' when cancelled_at is not null then 'cancelled'
           when completed_at is not null then 'completed' when shipped_at is not null then 'shipped'
           when paid_at is not null then 'paid' when placed_at is not null then 'placed' else 'draft' end",
    ),
    ("every product stands somewhere", "select p.id from public.products p left join public.product_categories c on c.product_id = p.id group by p.id having count(c.category_id) not in (1, 2)"),
    ("every customer has a default address", "select c.id from public.customers c left join public.customer_addresses a on a.customer_id = c.id group by c.id having count(*) filter (where is_default_shipping) <> 1"),
    ("only the two can sign in", "select email::text from auth.users where (password_hash is not null) <> (metadata ? 'demo')"),
    ("no template is left open", "select id from public.products where name || summary || description ~ '[{}]' union all select id from public.orders where customer_note ~ '[{}]'"),
    ("mail goes nowhere", "select id from public.customers where email !~ '@([a-z]+\\.)?example\\.(com|net|org)$'"),
];

const SHOWN: &[(&str, &str)] = &[
    ("orders", "status = 'draft' and placed_at is null"),
    ("orders", "status = 'paid'"),
    ("orders", "status = 'shipped'"),
    ("orders", "status = 'completed'"),
    ("orders", "status = 'cancelled'"),
    ("orders", "status = 'refunded'"),
    ("orders", "tax_total > 0"),
    ("order_items", "discount_total > 0"),
    ("products", "not is_active"),
    ("products", "deleted_at is not null"),
    ("products", "not is_in_stock"),
    ("customers", "user_id is null"),
    ("customers", "company is not null"),
];

#[tokio::test]
async fn rows_make_sense() {
    for rows in [50, 8_000] {
        let db = TestDb::template("commerce").await;
        let mut client = db.client_superuser().await;
        seeded(&mut client, &plan(9, rows)).await;
        for (law, sql) in LAWS {
            none(&client, &format!("{law} ({rows} rows)"), sql).await;
        }
        for person in demo::people() {
            let sql = "select count(*) from public.orders o join public.customers c on c.id = o.customer_id where c.user_id = $1";
            let orders: i64 = one(&client, sql, &[&person.user_id(9)]).await;
            assert!(orders > 0, "{} has no orders at {rows} rows", person.display_name);
        }
        if rows > 1_000 {
            for (table, what) in SHOWN {
                let sql = format!("select count(*) from public.{table} where {what}");
                assert!(one::<i64>(&client, &sql, &[]).await > 0, "{table} where {what}");
            }
        }
    }
}

/// The numbers of orders go on where the demo's end; a second run uses none up.
#[tokio::test]
async fn order_numbers_go_on() {
    let db = TestDb::template("commerce").await;
    let mut client = db.client_superuser().await;
    seeded(&mut client, &plan(9, 100)).await;
    seed(&mut client, &plan(9, 100)).await.unwrap();
    let orders: i64 = one(&client, "select count(*) from public.orders", &[]).await;
    let insert = "insert into public.orders (customer_id, currency) select id, 'EUR' from public.customers limit 1 returning order_number";
    assert_eq!(one::<i64>(&client, insert, &[]).await, orders + 1);
}
