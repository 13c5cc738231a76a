//! Triggers and rules.

use super::context::Context;
use super::{bare, prose, stable};
use crate::catalog::{Rule, Trigger};
use crate::docs::model::{RuleDoc, TriggerDoc};
use crate::sql::split::{TokenKind, tokens};

pub(super) fn trigger(context: &Context<'_>, trigger: &Trigger) -> TriggerDoc {
    let own = prose(&trigger.comment);
    let of_function = || {
        let name = &trigger.function;
        context.catalog.overloads(&name.schema, &name.name).find_map(|function| prose(&function.comment))
    };
    let events = [
        (trigger.on_insert, "INSERT"),
        (trigger.on_update, "UPDATE"),
        (trigger.on_delete, "DELETE"),
        (trigger.on_truncate, "TRUNCATE"),
    ];
    let purpose_of_function = own.is_none();
    let purpose = own.or_else(of_function);
    TriggerDoc {
        name: trigger.name.clone(),
        timing: trigger.timing,
        level: trigger.level,
        events: events.into_iter().filter(|(on, _)| *on).map(|(_, event)| event.to_owned()).collect(),
        update_columns: trigger.update_columns.clone(),
        condition: condition(&trigger.definition),
        function: trigger.function.clone(),
        enabled: trigger.enabled,
        purpose_of_function: purpose_of_function && purpose.is_some(),
        purpose,
        definition: stable(&trigger.definition),
    }
}

pub(super) fn rule(rule: &Rule) -> RuleDoc {
    RuleDoc { name: rule.name.clone(), purpose: prose(&rule.comment), definition: stable(&rule.definition) }
}

/// What stands in the parentheses after WHEN.
fn condition(definition: &str) -> Option<String> {
    let mut depth = 0usize;
    let mut start = None;
    for token in tokens(definition) {
        let text = definition.get(token.span.clone())?;
        match (token.kind, text) {
            (TokenKind::Word, word) if depth == 0 && start.is_none() && word.eq_ignore_ascii_case("when") => {
                start = Some(token.span.end);
            }
            (TokenKind::Symbol, "(") => depth += 1,
            (TokenKind::Symbol, ")") => {
                depth = depth.checked_sub(1)?;
                if let (0, Some(start)) = (depth, start) {
                    return definition.get(start..token.span.end).map(bare);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::condition;

    #[test]
    fn what_stands_after_when() {
        let sql = "CREATE TRIGGER \"WHEN (x)\" BEFORE UPDATE ON public.a FOR EACH ROW WHEN (((old.a)::text = ')')) EXECUTE FUNCTION f()";
        assert_eq!(condition(sql).as_deref(), Some("(old.a)::text = ')'"));
        assert_eq!(condition("CREATE TRIGGER t BEFORE UPDATE ON public.a EXECUTE FUNCTION f('when')"), None);
    }
}
