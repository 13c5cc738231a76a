//! A text that a regular expression matches, for CHECKs that ask for a form such as `^audit_events_[0-9]{4}$`.
//!
//! It reads what such CHECKs are made of: characters, escapes, classes and how often each comes. Groups, alternatives and
//! what a class leaves out are beyond it; then there is no text.

/// The shortest text that is easily found for an anchored pattern.
pub(super) fn matching(pattern: &str) -> Option<String> {
    let mut rest = pattern.strip_prefix('^')?.strip_suffix('$')?.chars().peekable();
    let mut text = String::new();
    while let Some(first) = rest.next() {
        let one = match first {
            '\\' => match rest.next()? {
                'd' => '0',
                'w' => 'a',
                's' => ' ',
                other if other.is_alphanumeric() => return None,
                other => other,
            },
            '[' => {
                let one = rest.next().filter(|first| !matches!(first, '^' | '[' | '\\'))?;
                rest.by_ref().find(|c| *c == ']')?;
                one
            }
            '.' => 'a',
            '(' | ')' | '|' | '^' | '$' | '*' | '+' | '?' | '{' => return None,
            other => other,
        };
        let times = match rest.peek() {
            Some('*' | '?') => rest.next().map_or(0, |_| 0),
            Some('+') => rest.next().map_or(1, |_| 1),
            Some('{') => {
                let least: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                least.split(',').next()?.parse().ok().filter(|times| *times <= 1000)?
            }
            _ => 1,
        };
        text.extend(std::iter::repeat_n(one, times));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::matching;

    fn check(pattern: &str, expected: Option<&str>) {
        assert_eq!(matching(pattern).as_deref(), expected, "{pattern}");
    }

    #[test]
    fn texts_of_patterns() {
        check("^audit_events_[0-9]{4}_[0-9]{2}$", Some("audit_events_0000_00"));
        check("^[A-Za-z0-9_]{4,32}$", Some("AAAA"));
        check(r"^\d+\.\w*x?y+$", Some("0.y"));
        check("^a.c$", Some("aac"));
        check("^$", Some(""));
        for beyond in ["a", "^a", "^(a|b)$", "^a|b$", "^[^a]$", "^[[:digit:]]$", r"^\m$", "^[a$", "^a{x}$", "^a{9999}$"]
        {
            check(beyond, None);
        }
    }
}
