//! Row-level security policies.

use crate::Ident;
use crate::catalog::{ObjectId, PUBLIC, Policy, PolicyCommand};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind, PolicyOf};
use crate::diff::step::{Step, Verb};
use crate::sql::split::{TokenKind, tokens};
use std::borrow::Cow;

impl PolicyOf<'_> {
    fn id(self) -> ObjectId {
        ObjectId::Policy(self.table.name.clone(), self.policy.name.clone())
    }

    fn noun(self) -> String {
        format!("POLICY {} ON {}", Ident::new(&self.policy.name), self.table.name)
    }
}

fn roles(policy: &Policy) -> String {
    let names = policy.roles.iter().map(|role| match role.as_str() {
        PUBLIC => "PUBLIC".to_owned(),
        role => Ident::new(role).to_string(),
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() { "PUBLIC".to_owned() } else { names.join(", ") }
}

fn using(expression: &str) -> String {
    format!("\n  USING {}", enclosed(expression))
}

fn with_check(expression: &str) -> String {
    format!("\n  WITH CHECK {}", enclosed(expression))
}

/// An expression in parentheses, not in two pairs of them.
pub(super) fn enclosed(expression: &str) -> Cow<'_, str> {
    let mut depth = 0_usize;
    for token in tokens(expression) {
        match (token.kind, &expression[token.span.clone()]) {
            (TokenKind::Symbol, "(") => depth += 1,
            (TokenKind::Symbol, ")") => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let whole = token.span.end == expression.len() && expression.starts_with('(');
            return if whole { Cow::Borrowed(expression) } else { Cow::Owned(format!("({expression})")) };
        }
    }
    Cow::Owned(format!("({expression})"))
}

impl Kind for PolicyOf<'_> {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let policy = self.policy;
        let mut sql = format!("CREATE {}", self.noun());
        if !policy.permissive {
            sql += "\n  AS RESTRICTIVE";
        }
        if policy.command != PolicyCommand::All {
            sql += &format!("\n  FOR {}", policy.command.as_sql());
        }
        sql += &format!("\n  TO {}", roles(policy));
        if let Some(expression) = &policy.using {
            sql += &using(expression);
        }
        if let Some(expression) = &policy.check {
            sql += &with_check(expression);
        }
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        vec![Step::new(Verb::Drop, self.id(), format!("DROP {}", self.noun()))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let (from, wanted) = (self.policy, to.policy);
        let same = |from: &Option<String>, wanted: &Option<String>| match (from, wanted) {
            (Some(from), Some(wanted)) => context.same_sql(from, wanted),
            (from, wanted) => from == wanted,
        };
        let loses = |from: &Option<String>, wanted: &Option<String>| from.is_some() && wanted.is_none();
        // ALTER POLICY can neither take an expression away nor say what the policy is for.
        if from.command != wanted.command
            || from.permissive != wanted.permissive
            || loses(&from.using, &wanted.using)
            || loses(&from.check, &wanted.check)
        {
            return Change::Replace;
        }
        let mut clauses = String::new();
        if from.roles != wanted.roles {
            clauses += &format!("\n  TO {}", roles(wanted));
        }
        if let Some(expression) = wanted.using.as_ref().filter(|_| !same(&from.using, &wanted.using)) {
            clauses += &using(expression);
        }
        if let Some(expression) = wanted.check.as_ref().filter(|_| !same(&from.check, &wanted.check)) {
            clauses += &with_check(expression);
        }
        if clauses.is_empty() {
            return Change::Same;
        }
        Change::Alter(vec![Step::new(Verb::Alter, to.id(), format!("ALTER {}{clauses}", to.noun()))])
    }

    fn facets(self) -> Facets {
        Facets { comment_on: self.noun(), comment: self.policy.comment.clone(), ..Facets::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pair_of_parentheses() {
        for (expression, sql) in [
            ("true", "(true)"),
            ("(a = b)", "(a = b)"),
            ("(a) = (b)", "((a) = (b))"),
            ("f(a)", "(f(a))"),
            ("((a = ')') AND (b))", "((a = ')') AND (b))"),
            ("", "()"),
            ("((", "((()"),
        ] {
            assert_eq!(enclosed(expression), sql);
        }
    }
}
