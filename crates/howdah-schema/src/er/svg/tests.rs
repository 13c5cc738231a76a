//! What stands in the file. Whether it is XML, `crates/howdah-pg/tests/it/diagrams.rs` asks a parser.

use super::SvgOptions;
use crate::er::svg;
use crate::testing::{catalog, qualified, table};
use crate::{Catalog, QualifiedName};
use std::collections::BTreeSet;

fn shop() -> Catalog {
    catalog([
        table("customers").comment("Who buys. @group people").column("id", "uuid not null", "").primary_key(&["id"]),
        table("orders")
            .comment("@group sales")
            .column("id", "uuid not null", "")
            .column("customer_id", "uuid not null", "")
            .column("previous_id", "uuid", "")
            .primary_key(&["id"])
            .foreign_key("customer", &["customer_id"], "customers", &["id"])
            .foreign_key("previous", &["previous_id"], "orders", &["id"]),
        table("invoices")
            .comment("@group sales")
            .column("order_id", "uuid not null", "")
            .primary_key(&["order_id"])
            .foreign_key("order", &["order_id"], "orders", &["id"]),
    ])
}

fn all(catalog: &Catalog) -> BTreeSet<QualifiedName> {
    catalog.tables.keys().cloned().collect()
}

fn draw(catalog: &Catalog) -> String {
    svg(catalog, &all(catalog), &SvgOptions { title: "Shop".to_owned(), link: None })
}

/// The values of an attribute of all elements of a class, in their order.
fn values(svg: &str, class: &str, attribute: &str) -> Vec<String> {
    let begin = format!(" {attribute}=\"");
    let elements = svg.split('<').filter(|element| element.contains(&format!("class=\"{class} ")));
    elements.filter_map(|element| Some(element.split_once(&begin)?.1.split_once('"')?.0.to_owned())).collect()
}

#[test]
fn tables_edges_and_areas_can_be_found() {
    let svg = draw(&shop());
    assert_eq!(values(&svg, "table", "data-table"), ["public.customers", "public.invoices", "public.orders"]);
    assert_eq!(
        values(&svg, "area", "data-group").into_iter().collect::<BTreeSet<_>>(),
        BTreeSet::from(["people".to_owned(), "sales".to_owned()])
    );
    let from = values(&svg, "edge", "data-from");
    let edges: BTreeSet<(String, String)> = from.into_iter().zip(values(&svg, "edge", "data-to")).collect();
    let edge = |from: &str, to: &str| (format!("public.{from}"), format!("public.{to}"));
    assert_eq!(
        edges,
        BTreeSet::from([edge("orders", "customers"), edge("orders", "orders"), edge("invoices", "orders")])
    );
    for text in [
        "<title>public.customers: Who buys.</title>",
        "<title>public.orders (customer_id) → public.customers (id): many to one, constraint customer</title>",
        "<title>public.orders (previous_id) → public.orders (id): many to zero or one, constraint previous</title>",
        "<title>public.invoices (order_id) → public.orders (id): zero or one to one, constraint order</title>",
        "<title>Shop</title>",
        "<desc>Entity-relationship diagram: 3 tables, 3 lines for foreign keys. public.customers, ",
        "prefers-color-scheme:dark",
    ] {
        assert!(svg.contains(text), "{text} is not in {svg}");
    }
    assert!(!svg.contains("<a ") && !svg.contains(" id="));
}

#[test]
fn links_go_where_the_caller_says() {
    let catalog = shop();
    let link = |name: &QualifiedName| format!("../{}.html?a&b=\"'<", name.name);
    let options = SvgOptions { title: "Shop".to_owned(), link: Some(&link) };
    let svg = svg(&catalog, &all(&catalog), &options);
    assert_eq!(svg.matches("<a href=\"../orders.html?a&amp;b=&quot;&#39;&lt;\">").count(), 1);
    assert_eq!(svg.matches("<a ").count(), svg.matches("</a>").count());
}

#[test]
fn nothing_to_draw() {
    let empty = draw(&Catalog::default());
    assert!(empty.contains("0 tables, 0 lines") && empty.ends_with("</svg>\n"), "{empty}");
    let catalog = shop();
    let options = SvgOptions::default();
    assert_eq!(svg(&catalog, &BTreeSet::from([qualified("gone")]), &options).matches("data-table").count(), 0);
}

#[test]
fn keys_to_what_is_not_there_are_written_in_their_rows() {
    let catalog = shop();
    let svg = svg(&catalog, &BTreeSet::from([qualified("orders")]), &SvgOptions::default());
    assert!(svg.contains(">→ customers</text>"), "{svg}");
    assert_eq!(svg.matches("class=\"edge ").count(), 1);
}

#[test]
fn names_cannot_leave_their_place() {
    let long = "w".repeat(63);
    let catalog = catalog([
        table("public.<script>alert(1)</script>&\"'")
            .comment("]]> <b> & \u{1} \u{202e}")
            .column(&long, "text", "")
            .column("a\nb\u{7}", "text", "")
            .column("表🐘", "text", "")
            .primary_key(&[&long]),
        table(&format!("public.{long}")),
    ]);
    let svg = draw(&catalog);
    assert!(
        !svg.contains("<script>") && !svg.contains("]]>") && !svg.contains('\u{1}') && !svg.contains('\u{202e}'),
        "{svg}"
    );
    assert!(svg.contains(&format!("<title>{long}</title>")), "{svg}");
    assert!(svg.contains(">a\u{fffd}b\u{fffd}</text>") && svg.contains("textLength"), "{svg}");
}

#[test]
fn above_forty_tables_only_keys_are_shown() {
    let tables = |count: usize| {
        catalog((0..count).map(|number| {
            table(&format!("t{number:02}")).column("id", "int", "").column("name", "text", "").primary_key(&["id"])
        }))
    };
    assert!(draw(&tables(40)).contains(">name<"));
    let keys = draw(&tables(41));
    assert!(!keys.contains(">name<") && keys.contains(">1 more column<"));
}

#[test]
fn a_hub_says_how_many_point_at_it() {
    let spokes = (0..20).map(|number| {
        let before = if number == 0 { 19 } else { number - 1 };
        table(&format!("t{number:02}"))
            .column("id", "int", "")
            .column("hub_id", "int", "")
            .column("before_id", "int", "")
            .primary_key(&["id"])
            .foreign_key("hub", &["hub_id"], "hub", &["id"])
            .foreign_key("before", &["before_id"], &format!("t{before:02}"), &["id"])
    });
    let hub = table("hub").column("id", "int", "").primary_key(&["id"]);
    let svg = draw(&catalog(spokes.chain([hub])));
    assert_eq!(svg.matches(">→ hub</text>").count(), 20);
    assert!(svg.contains("20 tables point at it"), "{svg}");
    // It is their neighbour all the same.
    assert!(svg.contains("class=\"table t1 n0 n1 n2 n20\""), "{svg}");
    assert_eq!(svg.matches("class=\"edge ").count(), 20);
    // Without the others it is a star, and drawn.
    let star = (0..20).map(|number| {
        table(&format!("t{number:02}")).column("hub_id", "int", "").foreign_key("hub", &["hub_id"], "hub", &["id"])
    });
    let hub = table("hub").column("id", "int", "").primary_key(&["id"]);
    assert_eq!(draw(&catalog(star.chain([hub]))).matches("class=\"edge ").count(), 20);
}

#[test]
fn partitions_are_their_parent() {
    let partition = |name: &str| {
        table(name).column("id", "int", "").foreign_key("fk", &["id"], "other", &["id"]).with(|table| {
            table.partition_of =
                Some(crate::catalog::PartitionOf { parent: qualified("events"), bounds: "DEFAULT".to_owned() });
        })
    };
    let catalog = catalog([
        table("other").column("id", "int", "").primary_key(&["id"]),
        table("events")
            .column("id", "int", "")
            .foreign_key("fk", &["id"], "other", &["id"])
            .with(|table| table.partition_key = Some("LIST (id)".to_owned())),
        partition("events_1"),
        partition("events_2"),
    ]);
    let svg = svg(&catalog, &BTreeSet::from([qualified("events_2"), qualified("other")]), &SvgOptions::default());
    assert_eq!(values(&svg, "table", "data-table"), ["public.events", "public.other"]);
    assert_eq!(svg.matches("class=\"edge ").count(), 1);
    assert!(svg.contains(">partitioned<"));
}
