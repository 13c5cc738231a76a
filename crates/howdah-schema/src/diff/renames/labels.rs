//! Values that become an enum while its labels are renamed.
//!
//! The renames are run first, so a column of the enum has the new labels by itself. A column of text has the old ones: where
//! it becomes the enum, its conversion has to rename them.

use crate::catalog::{Column, ObjectId, TypeKind};
use crate::diff::{Step, Verb};
use crate::{Catalog, Ident, Literal, QualifiedName};
use std::collections::BTreeMap;

/// Old and new names.
type Renamed = Vec<(String, String)>;

/// Has the conversions among `steps`, which lead from `after` to `to`, rename the labels that renames changed between
/// `before` and `after`.
pub fn translate_labels(steps: &mut [Step], before: &Catalog, after: &Catalog, to: &Catalog) {
    let renamed = renamed(before, after, to);
    if renamed.is_empty() {
        return;
    }
    for step in steps.iter_mut().filter(|step| step.verb == Verb::Alter) {
        let ObjectId::Column(table, name) = &step.object else { continue };
        let column = |catalog: &Catalog| catalog.tables.get(table).and_then(|table| table.column(name)).cloned();
        let (Some(is), Some(wanted)) = (column(after), column(to)) else { continue };
        if let Some(labels) = renamed.get(&wanted.data_type.name).filter(|_| becomes_enum(&is, &wanted)) {
            let name = Ident::new(name);
            for operand in [format!("{name}::text"), name.to_string()] {
                let end = format!(" USING {operand}::{}", wanted.data_type.sql);
                if let Some(start) = step.sql.strip_suffix(&end) {
                    let value = value(&operand, labels, wanted.data_type.array);
                    step.sql = format!("{start} USING {value}::{}", wanted.data_type.sql);
                    break;
                }
            }
        }
    }
}

fn becomes_enum(is: &Column, wanted: &Column) -> bool {
    let (is, wanted) = (&is.data_type, &wanted.data_type);
    wanted.kind == TypeKind::Enum && is.name != wanted.name && is.array == wanted.array
}

/// By enum, as it is called in `to`. A label keeps its place when it is renamed. One that `to` still has means itself.
fn renamed(before: &Catalog, after: &Catalog, to: &Catalog) -> BTreeMap<QualifiedName, Renamed> {
    let mut found = BTreeMap::new();
    for (name, new) in &after.enums {
        let gone = || {
            let mut gone = before
                .enums
                .iter()
                .filter(|(name, old)| !after.enums.contains_key(*name) && old.labels.len() == new.labels.len());
            gone.next().filter(|_| gone.next().is_none()).map(|(_, old)| old)
        };
        let Some(old) = before.enums.get(name).or_else(gone) else { continue };
        let still = |label: &String| to.enums.get(name).is_some_and(|wanted| wanted.labels.contains(label));
        let pairs = old.labels.iter().zip(&new.labels).filter(|(old, new)| old != new && !still(old));
        let pairs: Renamed = pairs.map(|(old, new)| (old.clone(), new.clone())).collect();
        if !pairs.is_empty() && old.labels.len() == new.labels.len() {
            found.insert(name.clone(), pairs);
        }
    }
    found
}

fn value(operand: &str, labels: &Renamed, array: bool) -> String {
    let text = |label: &str| Literal::text(label.to_owned()).to_string();
    if array {
        let replaced =
            |value, (old, new): &(String, String)| format!("array_replace({value}, {}, {})", text(old), text(new));
        return labels.iter().fold(format!("{operand}::text[]"), replaced);
    }
    let cases: Vec<String> = labels.iter().map(|(old, new)| format!("WHEN {} THEN {}", text(old), text(new))).collect();
    format!("(CASE {operand} {} ELSE {operand} END)", cases.join(" "))
}
