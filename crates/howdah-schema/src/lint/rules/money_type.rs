//! Money that does not add up.

use crate::catalog::Table;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "money-type",
        level: Level::Error,
        class: Class::Integrity,
        summary: "Money is a float, or of type money.",
        explanation: "A float cannot hold 0.10, so sums are off by cents, and nobody can say where they went. The type money has no currency, and what its text means depends on a setting of the session. numeric is exact; whole cents in a bigint are, too. A float counts as money if its name says price, cost, fee, salary, wage, revenue, refund or payout, or ends with a currency's code, or if it is an amount, a total or a balance in a table that has a currency.",
        bad: "create table public.products (id uuid primary key, price double precision);",
        good: "create table public.products (id uuid primary key, price numeric(19,4));",
    },
    check,
};

/// Money wherever they stand.
const ALWAYS: &[&str] = &["price", "cost", "fee", "salary", "wage", "revenue", "refund", "payout"];
/// Money in a table with a currency.
const BESIDE_CURRENCY: &[&str] = &[
    "amount", "total", "subtotal", "balance", "budget", "discount", "tax", "payment", "deposit", "debit", "credit",
    "paid",
];
const CODES: &[&str] =
    &["usd", "eur", "gbp", "chf", "jpy", "cny", "inr", "cad", "aud", "sek", "nok", "dkk", "pln", "brl"];
/// What is made of money without being any.
const RATIOS: &[&str] =
    &["rate", "ratio", "percent", "percentage", "factor", "share", "weight", "score", "index", "pct"];

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns() {
        let base = types::base(&column.data_type);
        let message = match base.as_str() {
            "money" => format!("`{}` is of type money, whose meaning depends on a setting", column.name),
            "real" | "double precision" if is_money(table, &column.name) => {
                format!("`{}` is money in a float, which cannot hold 0.10", column.name)
            }
            _ => continue,
        };
        out.at(
            column_id(&table.name, column),
            message,
            "make it `numeric(19,4)`, with its currency in a column beside it",
        );
    }
}

fn is_money(table: &Table, name: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let says = |list: &[&str]| {
        words.iter().any(|word| list.contains(word) || word.strip_suffix('s').is_some_and(|one| list.contains(&one)))
    };
    let last = words.last().copied().unwrap_or_default();
    if RATIOS.contains(&last) {
        return false;
    }
    let has_currency = || table.columns.iter().any(|column| column.name.contains("currency"));
    says(ALWAYS) || CODES.contains(&last) || (says(BESIDE_CURRENCY) && has_currency())
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let products = table("products").column("unit_price", "double precision", "").column("fees", "real[]", "");
        check(
            ID,
            [products.column("net", "money", "")],
            &["error public.products.fees", "error public.products.net", "error public.products.unit_price"],
        );
        let sales = table("sales").column("total", "real", "").column("currency", "text", "");
        check(
            ID,
            [sales.column("budget_eur", "real", "")],
            &["error public.sales.budget_eur", "error public.sales.total"],
        );
    }

    #[test]
    fn quiet() {
        let products = table("products").column("price", "numeric(19,4)", "").column("price_cents", "bigint", "");
        let products = products.column("total", "real", "").column("price_ratio", "real", "");
        check(ID, [products.column("latitude", "double precision", "")], &[]);
    }
}
