//! A status that can be anything.

use super::{check_sql, ends_with_word};
use crate::catalog::Table;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::expressions::lists_values;
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "status-values",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A status has neither a check nor an enum.",
        explanation: "Programs branch on it, so a misspelt value is a row that no branch is for. A check with the list of values, an enum, a domain, or a foreign key to a table of them keeps it out. A status is a text column named status or state, or ending so. The state of an address, which stands beside a city or a country, is none.",
        bad: "create table public.orders (id uuid primary key, status text not null);",
        good: "create table public.orders (\n  id uuid primary key,\n  status text not null,\n  constraint chk_orders_status check (status in ('open', 'paid', 'shipped'))\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns().filter(|(_, column)| types::is_text(&column.data_type)) {
        let name = &column.name;
        let is_one = |word: &str| name == word || ends_with_word(name, word);
        let judged = is_one("status") || (is_one("state") && !is_of_address(table));
        if !judged || Facts::is_in_foreign_key(table, name) {
            continue;
        }
        if !facts.checks(table, column).iter().any(|(value, check)| lists_values(check, value)) {
            let message = format!("`{name}` can be anything: no check, enum or foreign key lists its values");
            let check = check_sql(&table.name.name, name, |column| format!("{column} in ('…', '…')"));
            out.at(column_id(&table.name, column), message, format!("add `{check}`"));
        }
    }
}

fn is_of_address(table: &Table) -> bool {
    let words = ["city", "country", "zip", "zip_code", "postal_code", "postcode", "street", "county", "region"];
    table
        .columns
        .iter()
        .any(|column| words.iter().any(|word| column.name == *word || ends_with_word(&column.name, word)))
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let orders = table("orders").column("status", "text", "").column("sync_state", "character varying(20)", "");
        let orders = orders.check("chk_orders_status", &["status"], "(char_length(status) <= 50)");
        check(ID, [orders], &["warning public.orders.status", "warning public.orders.sync_state"]);
    }

    #[test]
    fn quiet() {
        let orders = table("orders").column("status", "text", "").column("state", "jsonb", "");
        let list = "(status = ANY (ARRAY['open'::text, 'paid'::text]))";
        check(ID, [orders.check("chk_orders_status", &["status"], list)], &[]);
        check(ID, [table("addresses").column("city", "text", "").column("state", "text", "")], &[]);
        let orders = table("orders").column("status", "text", "");
        check(ID, [orders.foreign_key("fk_orders_status", &["status"], "statuses", &["code"])], &[]);
    }
}
