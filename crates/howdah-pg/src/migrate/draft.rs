//! The texts of a migration's two files, from the plans that they write down.

use super::Reversal;
use howdah_schema::diff::Plan;
use howdah_schema::diff::render::{RenderOptions, render};

/// What goes into `NNNN_name.up.sql` and `.down.sql`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// There.
    pub up: String,
    /// Back.
    pub down: String,
    /// What going back means for the rows.
    pub reversal: Reversal,
}

impl Draft {
    /// Writes plans down: sections, and at the heads what is lost. What going back means for the rows follows from what
    /// either way loses.
    pub fn new(up: &Plan, down: &Plan) -> Self {
        let lost = |plan: &Plan| -> Vec<String> { plan.losses().map(|(_, loss)| loss.what.clone()).collect() };
        let (lost_up, lost_down) = (lost(up), lost(down));
        let (reversal, why) = match (lost_up.as_slice(), lost_down.as_slice()) {
            ([], []) => (Reversal::Lossless, &lost_down),
            ([], _) => (Reversal::Lossy, &lost_down),
            // What went is not in the database any more, wherever it goes back to.
            _ => (Reversal::Irreversible, &lost_up),
        };
        let up_header: Vec<String> = lost_up.iter().map(|what| format!("howdah:destructive {what}")).collect();
        let mut down_header: Vec<String> =
            why.iter().map(|what| format!("howdah:down {}: {what}", reversal.as_str())).collect();
        if down_header.is_empty() {
            down_header.push(format!("howdah:down {}", reversal.as_str()));
        }
        let text = |plan: &Plan, header: &[String]| {
            render(plan, &RenderOptions { header, guard_roles: true, ..RenderOptions::default() })
        };
        Self { up: text(up, &up_header), down: text(down, &down_header), reversal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use howdah_schema::QualifiedName;
    use howdah_schema::catalog::ObjectId;
    use howdah_schema::diff::{Step, Verb};

    fn plan(sql: &str, loses: Option<&str>) -> Plan {
        let table = QualifiedName::new("public", "tasks");
        let mut step = Step::new(Verb::Alter, ObjectId::Table(table.clone()), sql);
        if let Some(what) = loses {
            step = step.losing(what, Some(&table));
        }
        Plan { steps: vec![step] }
    }

    #[test]
    fn what_is_lost_stands_at_the_head() {
        let check = |up: Option<&str>, down: Option<&str>, reversal, heads: [&str; 2]| {
            let draft = Draft::new(&plan("UP", up), &plan("DOWN", down));
            assert_eq!(draft.reversal, reversal);
            assert!(draft.up.starts_with(heads[0]), "{}", draft.up);
            assert!(draft.down.starts_with(heads[1]), "{}", draft.down);
        };
        check(None, None, Reversal::Lossless, ["-- table public.tasks\nUP;\n", "-- howdah:down lossless\n"]);
        check(None, Some("it"), Reversal::Lossy, ["-- table", "-- howdah:down lossy: it\n"]);
        check(
            Some("this"),
            Some("that"),
            Reversal::Irreversible,
            ["-- howdah:destructive this\n", "-- howdah:down irreversible: this\n"],
        );
    }
}
