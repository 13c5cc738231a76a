//! Reads a file of expectations, and refuses what it does not understand at its line and column.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::{Expectation, Operation, Suite, Then, Wanted, Who};
use crate::config::Source;
use crate::failure::Failure;

type Entry<'a> = Spanned<DeValue<'a>>;

const KEYS: [&str; 10] = ["name", "as", "claims", "on", "where", "may", "may_not", "row", "run", "rows"];
/// Of what a statement is expected to do.
const ERROR: &str = "error";

/// Reads the text of the file at `path`.
pub(super) fn read(path: &Path, text: &str) -> Result<Suite, Failure> {
    let source = Source { path, text };
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let failure = Failure::usage("policy-test-syntax", format!("{} is not valid TOML", path.display()));
        failure.excerpt(source.excerpt(span, error.message()))
    })?;
    let reader = Reader { source: &source };
    let mut suite = Suite { path: path.to_path_buf(), setup: None, users: BTreeMap::new(), expectations: Vec::new() };
    for (key, value) in document.get_ref() {
        match key.get_ref().as_ref() {
            "setup" => suite.setup = Some((reader.text(value)?, reader.line(&value.span()))),
            "users" => {
                for (name, value) in reader.table(value)? {
                    suite.users.insert(name.get_ref().to_string(), reader.text(value)?);
                }
            }
            "expect" => {
                let DeValue::Array(all) = value.get_ref() else {
                    return Err(reader.wrong(&value.span(), "write it as [[expect]]"));
                };
                for one in all.iter() {
                    suite.expectations.push(reader.expectation(one)?);
                }
            }
            other => return Err(reader.unknown(other, &key.span(), &["setup", "users", "expect"])),
        }
    }
    Ok(suite)
}

struct Reader<'a> {
    source: &'a Source<'a>,
}

impl Reader<'_> {
    fn expectation(&self, value: &Entry<'_>) -> Result<Expectation, Failure> {
        let entries = self.table(value)?;
        let known = || KEYS.into_iter().chain([ERROR]);
        if let Some(key) = entries.keys().find(|key| !known().any(|name| name == key.get_ref().as_ref())) {
            return Err(self.unknown(key.get_ref(), &key.span(), &known().collect::<Vec<_>>()));
        }
        let get = |name: &str| entries.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value);
        let text = |name: &str| get(name).map(|value| self.text(value)).transpose();
        let who = Who {
            name: text("as")?.ok_or_else(|| self.wrong(&value.span(), "say `as` whom"))?,
            claims: match get("claims").map(|value| (self.json(value), value.span())) {
                None => Map::new(),
                Some((Ok(Value::Object(claims)), _)) => claims,
                Some((Err(error), _)) => return Err(error),
                Some((Ok(_), span)) => return Err(self.wrong(&span, "must be a table of claims")),
            },
        };
        let wanted = match (get("on"), text("run")?) {
            (Some(_), Some(_)) => return Err(self.wrong(&value.span(), "either `on` a table or `run` a statement")),
            (None, None) => return Err(self.wrong(&value.span(), "say `on` which table, or which statement to `run`")),
            (Some(on), None) => {
                let operations = |name: &str| get(name).map_or(Ok(Vec::new()), |value| self.operations(value));
                let (may, may_not) = (operations("may")?, operations("may_not")?);
                if may.is_empty() && may_not.is_empty() {
                    return Err(self.wrong(&on.span(), "say what they `may` or `may_not` do there"));
                }
                let row = match get("row").map(|value| self.json(value)).transpose()? {
                    Some(Value::Object(row)) => row.into_iter().collect(),
                    Some(_) => return Err(self.wrong(&value.span(), "`row` must be a table of columns")),
                    None => Vec::new(),
                };
                if row.is_empty() && may.iter().chain(&may_not).any(|it| *it == Operation::Insert) {
                    return Err(self.wrong(&on.span(), "insert needs a `row`: { column = value, … }"));
                }
                Wanted::Access { tables: self.texts(on)?, condition: text("where")?, may, may_not, row }
            }
            (None, Some(sql)) => {
                let then = match (get("rows"), text(ERROR)?) {
                    (None, Some(code)) => Then::Error(code),
                    (Some(rows), None) => self.rows(rows)?,
                    _ => return Err(self.wrong(&value.span(), "say which `rows` come of it, or which `error`")),
                };
                Wanted::Statement { sql, then }
            }
        };
        Ok(Expectation { line: self.line(&value.span()), name: text("name")?, who, wanted })
    }

    fn operations(&self, value: &Entry<'_>) -> Result<Vec<Operation>, Failure> {
        let names = self.texts(value)?;
        let read = |name: String| {
            let known = Operation::ALL.into_iter().find(|operation| operation.name() == name);
            known.ok_or_else(|| self.unknown(&name, &value.span(), &Operation::ALL.map(Operation::name)))
        };
        names.into_iter().map(read).collect()
    }

    fn rows(&self, value: &Entry<'_>) -> Result<Then, Failure> {
        let says = "must be a number of rows, or rows: [[\"a\", 1], …]";
        match self.json(value)? {
            Value::Number(count) if count.as_u64().is_some() => Ok(Then::Count(count.as_u64().unwrap_or_default())),
            Value::Array(rows) => {
                let cell = |value: Value| match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                let row = |row: Value| match row {
                    Value::Array(cells) => Ok(cells.into_iter().map(cell).collect()),
                    _ => Err(self.wrong(&value.span(), says)),
                };
                Ok(Then::Rows(rows.into_iter().map(row).collect::<Result<_, _>>()?))
            }
            _ => Err(self.wrong(&value.span(), says)),
        }
    }

    fn table<'t, 'd>(&self, value: &'t Entry<'d>) -> Result<&'t DeTable<'d>, Failure> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.wrong(&value.span(), "must be a table")),
        }
    }

    fn text(&self, value: &Entry<'_>) -> Result<String, Failure> {
        value.get_ref().as_str().map(str::to_owned).ok_or_else(|| self.wrong(&value.span(), "must be text"))
    }

    /// One text, or several.
    fn texts(&self, value: &Entry<'_>) -> Result<Vec<String>, Failure> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().map(|item| self.text(item)).collect(),
            _ => self.text(value).map(|text| vec![text]),
        }
    }

    fn json(&self, value: &Entry<'_>) -> Result<Value, Failure> {
        Ok(match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(value) => Value::Bool(*value),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => number.into(),
                Err(_) => return Err(self.wrong(&value.span(), "is too large a number")),
            },
            DeValue::Array(items) => Value::Array(items.iter().map(|item| self.json(item)).collect::<Result<_, _>>()?),
            DeValue::Table(table) => {
                let entry = |(key, value): (&Spanned<_>, &Entry<'_>)| -> Result<_, Failure> {
                    let key: &std::borrow::Cow<'_, str> = key.get_ref();
                    Ok((key.to_string(), self.json(value)?))
                };
                Value::Object(table.iter().map(entry).collect::<Result<_, _>>()?)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => {
                return Err(self.wrong(&value.span(), "write it as text, in quotes"));
            }
        })
    }

    fn line(&self, span: &Range<usize>) -> usize {
        self.source.place(span.start).0
    }

    fn wrong(&self, span: &Range<usize>, label: &str) -> Failure {
        let message = format!("{} is no expectation: {label}", self.source.path.display());
        Failure::usage("policy-test-invalid", message).excerpt(self.source.excerpt(span.clone(), label))
    }

    fn unknown(&self, name: &str, span: &Range<usize>, known: &[&str]) -> Failure {
        let label = match howdah_schema::nearest(name, known.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        let message = format!("{} says `{name}`, which means nothing here", self.source.path.display());
        Failure::usage("policy-test-unknown", message).excerpt(self.source.excerpt(span.clone(), &label))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::read;
    use crate::policy_tests::file::{Operation, Then, Wanted};

    #[test]
    fn what_a_file_says() {
        let suite = read(
            Path::new("notes.toml"),
            "setup = 'select 1'\n[users]\nada = 'ada@example.com'\n\n[[expect]]\nas = 'ada'\non = 'public.notes'\n\
             where = 'true'\nmay = ['select', 'insert']\nmay_not = 'delete'\nrow = { title = 'x', pages = 3 }\n\
             [[expect]]\nas = 'anon'\nclaims = { level = 2 }\nrun = 'select 1'\nrows = [[1, 'b', true]]\n\
             [[expect]]\nas = 'anon'\nrun = 'select 1'\nerror = '42501'\n",
        )
        .unwrap();
        assert_eq!(suite.setup.as_ref().unwrap().1, 1);
        assert_eq!(suite.users["ada"], "ada@example.com");
        let [access, statement, refused] = suite.expectations.as_slice() else { panic!("{suite:?}") };
        assert_eq!(access.line, 5);
        let Wanted::Access { tables, may, may_not, row, .. } = &access.wanted else { panic!("{access:?}") };
        assert_eq!(tables, &["public.notes"]);
        assert_eq!(
            (may.as_slice(), may_not.as_slice()),
            (&[Operation::Select, Operation::Insert][..], &[Operation::Delete][..])
        );
        assert!(row.iter().any(|(column, value)| column == "pages" && *value == 3));
        assert_eq!(statement.who.claims["level"], 2);
        let then = |wanted: &Wanted| match wanted {
            Wanted::Statement { then, .. } => format!("{then:?}"),
            Wanted::Access { .. } => String::new(),
        };
        assert_eq!(
            then(&statement.wanted),
            format!("{:?}", Then::Rows(vec![vec!["1".into(), "b".into(), "true".into()]]))
        );
        assert_eq!(then(&refused.wanted), format!("{:?}", Then::Error("42501".into())));
    }

    #[test]
    fn what_it_does_not_understand_is_shown_in_its_place() {
        let check = |text: &str, code: &str, line: usize, label: &str| {
            let failure = read(Path::new("notes.toml"), text).unwrap_err();
            let excerpt = failure.excerpt.as_ref().unwrap();
            assert_eq!((failure.code.as_ref(), excerpt.line), (code, line), "{failure:?}");
            assert!(excerpt.label.contains(label), "{failure:?}");
        };
        check("[[expct]]\n", "policy-test-unknown", 1, "did you mean `expect`?");
        check("[[expect]]\nas = 'a'\nmaynot = 'x'\n", "policy-test-unknown", 3, "`may_not`");
        check("[[expect]]\nas = 'a'\non = 't'\nmay = 'selct'\n", "policy-test-unknown", 4, "`select`");
        check("[[expect]]\nas = 'a'\non = 't'\n", "policy-test-invalid", 3, "`may`");
        check("[[expect]]\nas = 'a'\non = 't'\nmay = 'insert'\n", "policy-test-invalid", 3, "`row`");
        check("[[expect]]\non = 't'\nmay = 'select'\n", "policy-test-invalid", 1, "`as`");
        check("[[expect]]\nas = 'a'\nrun = 'select 1'\n", "policy-test-invalid", 1, "`rows`");
        check("[[expect]]\nas = 'a'\nrun = 'select 1'\nrows = 'x'\n", "policy-test-invalid", 4, "number of rows");
        check("users = 1\n", "policy-test-invalid", 1, "table");
        check("setup = '\n", "policy-test-syntax", 1, "");
    }
}
