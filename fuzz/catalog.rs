//! The database that the targets know.

use std::sync::OnceLock;

use howdah_schema::Catalog;

/// The catalog of `shop.sql`, made once.
pub fn catalog() -> &'static Catalog {
    static SHOP: OnceLock<Catalog> = OnceLock::new();
    SHOP.get_or_init(|| serde_json::from_str(include_str!("shop.json")).expect("the catalog is JSON of its own version"))
}
