//! What a project allows as a whole: suppressions that stand beside no SQL.

use crate::findings::suppress::{known, unknown};
use crate::findings::{Finding, Place, Report, Rule};
use crate::hazards::rules::{SUPPRESSION_WITHOUT_REASON, UNKNOWN_SUPPRESSION, UNUSED_SUPPRESSION};

/// A rule that is allowed for some objects or files, or everywhere if neither is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Its id.
    pub rule: String,
    /// Objects as findings call them, `public.notes.title`; `*` stands for any text, `?` for one character.
    pub object: Option<String>,
    /// Files as findings call them, likewise.
    pub file: Option<String>,
    /// Why; without one it does not count.
    pub reason: String,
    /// Where it is written.
    pub place: Option<Place>,
}

impl Allowance {
    fn covers(&self, finding: &Finding) -> bool {
        let fits = |pattern: &Option<String>, text: Option<&str>| match pattern {
            Some(pattern) => text.is_some_and(|text| matches(pattern, text)),
            None => true,
        };
        let file = finding.place.as_ref().map(|place| place.file.as_str());
        self.rule == finding.rule && fits(&self.object, finding.object.as_deref()) && fits(&self.file, file)
    }

    fn finding(&self, rule: &Rule, object: Option<String>, message: String, fix: String) -> Finding {
        let place = self.place.clone();
        Finding {
            rule: rule.id,
            level: rule.level,
            class: rule.class,
            place,
            object,
            id: None,
            rows: None,
            message,
            fix,
        }
    }
}

/// Holds back what a project allows, and adds what is wrong with the allowances themselves. `judged` are the rules that have
/// judged the whole project: of any other nobody can say that an allowance is unused.
pub fn hold(mut report: Report, allowances: &[Allowance], judged: &[Rule]) -> Report {
    let mut used = vec![false; allowances.len()];
    let before = report.findings.len();
    report.findings.retain(|finding| {
        let mut held = false;
        for (allowance, used) in allowances.iter().zip(&mut used) {
            if !allowance.reason.is_empty() && allowance.covers(finding) {
                (held, *used) = (true, true);
            }
        }
        !held
    });
    report.suppressed += before - report.findings.len();
    for (allowance, used) in allowances.iter().zip(used) {
        let name = allowance.rule.clone();
        if allowance.reason.is_empty() {
            let message = format!("allowing `{name}` gives no reason, so it does not count");
            let fix = "add `reason = \"…\"`: why it is fine here".to_owned();
            report.findings.push(allowance.finding(&SUPPRESSION_WITHOUT_REASON, Some(name), message, fix));
        } else if !known().any(|id| id == name) {
            let (message, fix) = unknown(&name);
            report.findings.push(allowance.finding(&UNKNOWN_SUPPRESSION, Some(name), message, fix));
        } else if !used && judged.iter().any(|rule| rule.id == name) {
            let message = format!("nothing that this is about triggers `{name}`");
            let fix = "remove it; it would hide the next one that is real".to_owned();
            report.findings.push(allowance.finding(&UNUSED_SUPPRESSION, Some(name), message, fix));
        }
    }
    report
}

/// Whether the whole text fits the pattern, in which `*` stands for any text and `?` for one character.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    // Which beginnings of the text the pattern so far fits.
    let text: Vec<char> = text.chars().collect();
    let mut fits = vec![false; text.len() + 1];
    if let Some(first) = fits.first_mut() {
        *first = true;
    }
    for c in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut reached = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let here = fits.get(at).copied().unwrap_or(false);
            let before = at > 0 && fits.get(at - 1).copied().unwrap_or(false);
            reached |= here;
            *slot = match c {
                '*' => reached,
                '?' => before,
                c => before && text.get(at - 1) == Some(&c),
            };
        }
        fits = next;
    }
    fits.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{check, rules};
    use crate::testing::{catalog, table};

    fn allow(rule: &str, object: &str, reason: &str) -> Allowance {
        let object = (!object.is_empty()).then(|| object.to_owned());
        Allowance { rule: rule.to_owned(), object, reason: reason.to_owned(), ..Allowance::default() }
    }

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("public.*", "public.notes.title", true),
            ("*.birthday", "public.contacts.birthday", true),
            ("public.note?", "public.notes", true),
            ("public.notes", "public.notes.title", false),
            ("*", "", true),
            ("", "x", false),
            ("*é*", "caffé \"x\"", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_allowed_is_held_back_and_what_is_wrong_is_told() {
        let report = || check(&catalog([table("notes").column("due", "date", "")]), &[]);
        let found = |allowances: &[Allowance]| -> Vec<String> {
            let held = hold(report(), allowances, rules());
            let of = ["date-name", "unknown-suppression", "unused-suppression", "suppression-without-reason"];
            let told = held.findings.iter().filter(|it| of.contains(&it.rule));
            told.map(|it| format!("{} {}", it.rule, it.object.as_deref().unwrap_or("-"))).collect()
        };
        assert_eq!(found(&[]), ["date-name public.notes.due"]);
        assert_eq!(found(&[allow("date-name", "", "as it was")]), [""; 0]);
        assert_eq!(found(&[allow("date-name", "*.due", "as it was")]), [""; 0]);
        assert_eq!(
            found(&[allow("date-name", "*.due", "")]),
            ["date-name public.notes.due", "suppression-without-reason date-name"]
        );
        assert_eq!(
            found(&[allow("date-name", "*.dew", "x")]),
            ["date-name public.notes.due", "unused-suppression date-name"]
        );
        assert_eq!(
            found(&[allow("date-names", "*", "x"), allow("drop-table", "*", "x")]),
            ["date-name public.notes.due", "unknown-suppression date-names"]
        );
    }
}
