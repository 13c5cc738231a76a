//! Where a token says which role it is for: PostgREST's `jwt-role-claim-key`.
//!
//! ```text
//! path    = 1*( key / index / filter ) [ slice ]
//! key     = "." ( 1*( ALPHA / DIGIT / "_" / "$" / "@" ) / quoted )
//! index   = "[" 1*DIGIT "]"
//! filter  = "[?(@" operator quoted ")]"        the first string of an array that fits
//! operator= "==" / "!=" / "^==" / "==^" / "*=="
//! slice   = "[" [int] ":" [int] "]"            a part of the string, negative from its end
//! quoted  = DQUOTE *( any but DQUOTE ) DQUOTE
//! ```

use std::str::FromStr;

use serde_json::{Map, Value};

use super::KeyError;

/// A path to a string within claims. `.role` by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePath {
    steps: Vec<PathStep>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PathStep {
    Key(String),
    Index(usize),
    Filter(Operator, String),
    Slice(Option<i64>, Option<i64>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    StartsWith,
    EndsWith,
    Contains,
}

/// Longer ones first: `==` begins `==^`.
const OPERATORS: [(&str, Operator); 5] = [
    ("^==", Operator::StartsWith),
    ("==^", Operator::EndsWith),
    ("*==", Operator::Contains),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
];

impl Default for RolePath {
    fn default() -> Self {
        Self { steps: vec![PathStep::Key("role".into())] }
    }
}

impl RolePath {
    /// The role, if there is a string that is not empty at the end of the path.
    pub(super) fn role(&self, claims: &Map<String, Value>) -> Option<String> {
        let (first, rest) = self.steps.split_first()?;
        let PathStep::Key(key) = first else { return None };
        let mut value = claims.get(key)?;
        for (at, step) in rest.iter().enumerate() {
            value = match step {
                PathStep::Key(key) => value.as_object()?.get(key)?,
                PathStep::Index(index) => value.as_array()?.get(*index)?,
                PathStep::Filter(operator, operand) => {
                    value.as_array()?.iter().find(|element| operator.holds(element, operand))?
                }
                // The parser lets nothing but slices follow a slice.
                PathStep::Slice(..) => return slices(value.as_str()?, &rest[at..]),
            };
        }
        value.as_str().filter(|role| !role.is_empty()).map(str::to_owned)
    }
}

fn slices(text: &str, steps: &[PathStep]) -> Option<String> {
    let mut characters: Vec<char> = text.chars().collect();
    for step in steps {
        let PathStep::Slice(from, to) = step else { return None };
        let place = |index: i64| {
            let length = i64::try_from(characters.len()).unwrap_or(i64::MAX);
            let index = if index < 0 { length.saturating_add(index) } else { index };
            usize::try_from(index.clamp(0, length)).unwrap_or_default()
        };
        let (from, to) = (from.map_or(0, place), to.map_or(characters.len(), place));
        characters = characters.get(from..to).unwrap_or_default().to_vec();
    }
    Some(characters.into_iter().collect::<String>()).filter(|role| !role.is_empty())
}

impl Operator {
    fn holds(self, element: &Value, operand: &str) -> bool {
        let Some(element) = element.as_str() else { return false };
        match self {
            Self::Equal => element == operand,
            Self::NotEqual => element != operand,
            Self::StartsWith => element.starts_with(operand),
            Self::EndsWith => element.ends_with(operand),
            Self::Contains => element.contains(operand),
        }
    }
}

impl FromStr for RolePath {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parser = Parser { text, rest: text };
        let mut steps = Vec::new();
        while !parser.rest.is_empty() {
            let step = parser.step()?;
            if matches!(steps.last(), Some(PathStep::Slice(..))) && !matches!(step, PathStep::Slice(..)) {
                return Err(parser.error("nothing but another slice may follow a slice"));
            }
            steps.push(step);
        }
        match steps.first() {
            Some(PathStep::Key(_)) => Ok(Self { steps }),
            _ => Err(KeyError::RolePath { at: 1, reason: "it must begin with a key, such as .role" }),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn step(&mut self) -> Result<PathStep, KeyError> {
        if self.eat(".") {
            let key = if self.rest.starts_with('"') { self.quoted()? } else { self.key()? };
            return Ok(PathStep::Key(key.to_owned()));
        }
        if self.eat("[?(@") {
            self.blanks();
            let operator = OPERATORS.iter().find(|(sign, _)| self.eat(sign)).map(|(_, operator)| *operator);
            let operator = operator.ok_or_else(|| self.error("one of == != ^== ==^ *== is expected"))?;
            self.blanks();
            let operand = self.quoted()?.to_owned();
            self.blanks();
            self.expect(")]", "the filter must end with )]")?;
            return Ok(PathStep::Filter(operator, operand));
        }
        self.expect("[", "a . or a [ is expected")?;
        let from = self.integer()?;
        if self.eat(":") {
            let to = self.integer()?;
            self.expect("]", "the slice must end with ]")?;
            return Ok(PathStep::Slice(from, to));
        }
        let index = from.and_then(|index| usize::try_from(index).ok());
        let index = index.ok_or_else(|| self.error("an index from 0 is expected"))?;
        self.expect("]", "the index must end with ]")?;
        Ok(PathStep::Index(index))
    }

    fn key(&mut self) -> Result<&'a str, KeyError> {
        let key = self.take_while(|c| c.is_alphanumeric() || "_$@".contains(c));
        if key.is_empty() {
            return Err(self.error("a key is expected; one with other than letters, digits and _$@ goes in quotes"));
        }
        Ok(key)
    }

    fn quoted(&mut self) -> Result<&'a str, KeyError> {
        self.expect("\"", "a \" is expected")?;
        let quoted = self.take_while(|c| c != '"');
        self.expect("\"", "the closing \" is missing")?;
        Ok(quoted)
    }

    fn integer(&mut self) -> Result<Option<i64>, KeyError> {
        let before = self.rest;
        self.eat("-");
        self.take_while(|c| c.is_ascii_digit());
        match &before[..before.len() - self.rest.len()] {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| self.error("a whole number is expected")),
        }
    }

    fn blanks(&mut self) {
        self.take_while(|c| c == ' ');
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let (taken, rest) = self.rest.split_at(self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn eat(&mut self, expected: &str) -> bool {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, expected: &str, reason: &'static str) -> Result<(), KeyError> {
        if self.eat(expected) { Ok(()) } else { Err(self.error(reason)) }
    }

    fn error(&self, reason: &'static str) -> KeyError {
        let consumed = &self.text[..self.text.len() - self.rest.len()];
        KeyError::RolePath { at: consumed.chars().count() + 1, reason }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(path: &str, expected: Option<&str>) {
        let claims = json!({
            "role": "author", "empty": "", "number": 7, "a_$@1": "odd",
            "https://www.example.com/role": { "key": "author" },
            "postgrest": { "roles": ["other", "author"], "wlcg": ["/groupa", "/groupb/"], "mixed": [1, "x"] },
        });
        let path: RolePath = path.parse().unwrap();
        assert_eq!(path.role(claims.as_object().unwrap()).as_deref(), expected, "{path:?}");
    }

    #[test]
    fn a_path_leads_to_the_role() {
        check(".role", Some("author"));
        check(".nothing", None);
        check(".empty", None);
        check(".number", None);
        check(".a_$@1", Some("odd"));
        check(".\"https://www.example.com/role\".key", Some("author"));
        check(".postgrest.roles[1]", Some("author"));
        check(".postgrest.roles[2]", None);
        check(".postgrest.roles", None);
        check(".role[0]", None);
        check(".postgrest.roles[?(@ == \"author\")]", Some("author"));
        check(".postgrest.roles[?(@==\"author\")]", Some("author"));
        check(".postgrest.roles[?(@ != \"other\")]", Some("author"));
        check(".postgrest.roles[?(@ ^== \"aut\")]", Some("author"));
        check(".postgrest.roles[?(@ ==^ \"hor\")]", Some("author"));
        check(".postgrest.roles[?(@ *== \"utho\")]", Some("author"));
        check(".postgrest.roles[?(@ *== \"nobody\")]", None);
        check(".postgrest.mixed[?(@ != \"y\")]", Some("x"));
        check(".postgrest.wlcg[0][1:]", Some("groupa"));
        check(".postgrest.wlcg[1][1:-1]", Some("groupb"));
        check(".role[:2]", Some("au"));
        check(".role[:]", Some("author"));
        check(".role[-3:]", Some("hor"));
        check(".role[1:][1:]", Some("thor"));
        check(".role[11:2]", None);
        check(".role[:-99]", None);
    }

    #[test]
    fn malformed_paths_are_refused_where_they_are() {
        for (path, expected) in [
            ("", 1),
            ("role", 1),
            (".", 2),
            (".a-b", 3),
            (".\"a", 4),
            ("[0]", 1),
            (".a[x]", 4),
            (".a[-1]", 6),
            (".a[1", 5),
            (".a[?(@ = \"x\")]", 8),
            (".a[?(@ == x)]", 11),
            (".a[?(@ == \"x\"]", 14),
            (".a[1:2].b", 10),
            (".a[99999999999999999999]", 24),
        ] {
            let error = path.parse::<RolePath>().unwrap_err();
            assert!(matches!(error, KeyError::RolePath { at, .. } if at == expected), "{path}: {error}");
        }
    }
}
