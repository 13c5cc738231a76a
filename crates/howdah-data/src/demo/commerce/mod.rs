//! The `commerce` template: a shop for people who make things, its customers and their orders.

mod catalogue;
mod customers;
mod goods;
mod orders;

use super::readers;
use super::table::{Per, Role, Share, Table, Template};

/// In the order of loading: a row comes after those it points at.
pub(super) const TEMPLATE: Template = Template {
    name: "commerce",
    marks: &["products", "customers", "orders", "order_items"],
    tables: &[ACCOUNTS, catalogue::TABLES, customers::TABLES, orders::TABLES],
};

/// Most customers are guests; the two people and some others have an account.
const ACCOUNTS: &[Table] = &[Table {
    schema: "auth",
    name: "users",
    role: Role::Auth,
    per: Per::Set,
    share: Share::PerMille { weight: 14, least: 4, most: 5_000 },
    columns: readers::USER_COLUMNS,
    replaces: false,
    rows: readers::users,
}];
