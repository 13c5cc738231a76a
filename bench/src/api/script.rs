//! A flight as scripts for pgbench.

use anyhow::bail;

use super::leg::Against;
use super::trace::{Flight, Statement};
use super::workload::{STEP, Workload};

/// What one pgbench client runs for one user.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) text: String,
    /// Names and values for `-D`: parameters that are the same in every request of the user.
    pub(crate) variables: Vec<(String, String)>,
}

impl Script {
    /// # Errors
    /// pgbench would take something in the SQL for a variable.
    pub(crate) fn new(flight: &Flight, workload: Workload, against: Against, user: usize) -> anyhow::Result<Self> {
        let mut script = Self { text: String::new(), variables: Vec::new() };
        if workload.is_read() {
            script.text = format!("\\set key random(0, {}) * {STEP} + {user}\n", workload.keys() - 1);
        }
        let mode = if workload.is_read() { "read only" } else { "read write" };
        let (before, after) = match against {
            Against::Howdah | Against::Plain | Against::PlainTcp => (String::new(), ""),
            Against::Postgrest => (format!("begin isolation level read committed {mode};\n"), "commit;\n"),
            Against::Flight => ("\\startpipeline\n".to_owned(), "\\endpipeline\n"),
        };
        script.text.push_str(&before);
        let settings = (!against.is_plain()).then_some(&flight.settings);
        for (at, statement) in settings.into_iter().chain(&flight.statements).enumerate() {
            script.add(statement, &flight.key, &format!("u{user}s{at}p"))?;
        }
        script.text.push_str(after);
        Ok(script)
    }

    /// A statement, with variables in place of its parameters.
    fn add(&mut self, statement: &Statement, key: &str, prefix: &str) -> anyhow::Result<()> {
        let names: Vec<String> = (statement.parameters.iter().enumerate())
            .map(|(at, value)| if value.as_deref() == Some(key) { "key".to_owned() } else { format!("{prefix}{at}") })
            .collect();
        self.text.push_str(&with_variables(&statement.sql, &names)?);
        self.text.push_str(";\n");
        for (name, value) in names.into_iter().zip(&statement.parameters) {
            // A variable that is not set is NULL.
            if let Some(value) = value.as_ref().filter(|_| name != "key") {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(())
    }
}

/// `select $1` as `select :name`.
fn with_variables(sql: &str, names: &[String]) -> anyhow::Result<String> {
    let (mut out, mut quote) = (String::new(), None);
    let mut characters = sql.trim_end_matches(';').chars().peekable();
    let mut last = ' ';
    while let Some(c) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        // Inside of quotes too.
        if c == ':' && last != ':' && (next.is_ascii_alphanumeric() || next == '_') {
            bail!("pgbench would take `:{next}…` for a variable in: {sql}");
        }
        last = c;
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '$' && next.is_ascii_digit() => {
                let mut number = 0_usize;
                while let Some(digit) = characters.peek().and_then(|c| c.to_digit(10)) {
                    number = number * 10 + digit as usize;
                    characters.next();
                }
                let Some(name) = number.checked_sub(1).and_then(|at| names.get(at)) else {
                    bail!("${number} has no value in: {sql}");
                };
                out.push(':');
                out.push_str(name);
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{Script, with_variables};
    use crate::api::leg::Against;
    use crate::api::trace::{Flight, Statement};
    use crate::api::workload::Workload;

    #[test]
    fn parameters_become_variables() {
        let names: Vec<String> = (1..=10).map(|at| format!("v{at}")).collect();
        let check = |sql: &str, expect: Option<&str>| {
            assert_eq!(with_variables(sql, &names).ok().as_deref(), expect, "{sql}");
        };
        check("select $1::int, '$2', \"$3\", $10;", Some("select :v1::int, '$2', \"$3\", :v10"));
        check("select 'it''s $1', $2", Some("select 'it''s $1', :v2"));
        check("select $11", None);
        check("select ':x'", None);
        check("select '{\"a\": 1}'", Some("select '{\"a\": 1}'"));
    }

    #[test]
    fn a_flight_in_three_ways() {
        let statement = |sql: &str, parameters: &[&str]| Statement {
            sql: sql.to_owned(),
            parameters: parameters.iter().map(|text| Some((*text).to_owned())).collect(),
        };
        let flight = Flight {
            settings: statement("select set_config('role', $1, true)", &["authenticated"]),
            statements: vec![statement("select * from items where id = $1 limit $2", &["2403", "50"])],
            key: "2403".to_owned(),
        };
        let text = |against| Script::new(&flight, Workload::Get, against, 3).unwrap().text;
        let set = "\\set key random(0, 12499) * 8 + 3\n";
        assert_eq!(text(Against::Plain), format!("{set}select * from items where id = :key limit :u3s0p1;\n"));
        let both = "select set_config('role', :u3s0p0, true);\nselect * from items where id = :key limit :u3s1p1;\n";
        assert_eq!(text(Against::Flight), format!("{set}\\startpipeline\n{both}\\endpipeline\n"));
        let begin = "begin isolation level read committed read only;\n";
        assert_eq!(text(Against::Postgrest), format!("{set}{begin}{both}commit;\n"));
        let script = Script::new(&flight, Workload::Get, Against::Flight, 3).unwrap();
        assert_eq!(script.variables.len(), 2);
        assert_eq!(script.variables[1], ("u3s1p1".to_owned(), "50".to_owned()));
    }
}
