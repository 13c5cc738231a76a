//! What `howdah dev` shows once everything runs: where, with what keys, as whom, and three commands to begin with.
//!
//! One screen of 24 lines and 80 columns holds all of it. The commands are pasted into a shell, so they are plain
//! POSIX with curl and sed, and the long token stays in a variable.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::output::{ACCENT, GOOD, MUTED, STRONG, paint};

/// What stands on it.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    pub(crate) project: String,
    pub(crate) folder: String,
    /// `http://127.0.0.1:8080`.
    pub(crate) url: String,
    pub(crate) postgres: String,
    pub(crate) database: String,
    pub(crate) database_port: u16,
    pub(crate) anon_key: String,
    pub(crate) service_key: String,
    pub(crate) logins: Vec<Login>,
    /// Relative to the project.
    pub(crate) watching: String,
}

/// A demo person.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) id: String,
}

impl Screen {
    /// The commands to begin with; none where there is nobody to log in as.
    pub(crate) fn commands(&self) -> Vec<String> {
        let Some(login) = self.logins.first() else { return Vec::new() };
        let url = &self.url;
        let credentials = quoted(&json!({ "email": login.email, "password": login.password }));
        let id = &login.id;
        vec![
            format!(
                "TOKEN=$(curl -s '{url}/auth/v1/token?grant_type=password' \\\n  \
                 -H 'Content-Type: application/json' \\\n  \
                 -d {credentials} \\\n  \
                 | sed 's/.*\"access_token\": *\"\\([^\"]*\\)\".*/\\1/')"
            ),
            format!(
                "curl '{url}/rest/v1/tasks?select=title,status&limit=3' \\\n  \
                 -H \"Authorization: Bearer $TOKEN\""
            ),
            format!(
                "curl '{url}/rest/v1/notes?select=id,title' \\\n  \
                 -H \"Authorization: Bearer $TOKEN\" -H 'Prefer: return=representation' \\\n  \
                 -H 'Content-Type: application/json' \\\n  \
                 -d '{{\"user_id\":\"{id}\",\n       \"title\":\"Hello\",\"content\":\"From curl.\"}}'"
            ),
        ]
    }

    /// All of it as data.
    pub(crate) fn json(&self) -> Value {
        let logins: Vec<Value> = self
            .logins
            .iter()
            .map(
                |login| json!({ "name": login.name, "email": login.email, "password": login.password, "id": login.id }),
            )
            .collect();
        json!({
            "project": self.project,
            "folder": self.folder,
            "url": self.url,
            "rest": format!("{}/rest/v1", self.url),
            "auth": format!("{}/auth/v1", self.url),
            "health": format!("{}/healthz", self.url),
            "mailbox": format!("{}/dev/mail", self.url),
            "database": {
                "version": self.postgres, "host": "127.0.0.1", "port": self.database_port, "name": self.database,
            },
            "keys": { "anon": self.anon_key, "service_role": self.service_key },
            "logins": logins,
            "commands": self.commands(),
            "watching": self.watching,
        })
    }

    /// All of it for eyes.
    ///
    /// # Errors
    /// stdout is gone.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let label = |name: &str| paint(MUTED, &format!("{name:<10}"));
        let title = paint(STRONG, &format!("Howdah serves {}", self.project));
        let hint = format!("applies what you save in {}   Ctrl+C stops it all", self.watching);
        writeln!(out, "{} {title}   {}", paint(GOOD, "●"), paint(MUTED, &hint))?;
        writeln!(out, "{}{}/rest/v1", label("API"), paint(ACCENT, &self.url))?;
        writeln!(
            out,
            "{}{}/auth/v1   {}",
            label("Sign-in"),
            self.url,
            paint(MUTED, "mails: /dev/mail   health: /healthz")
        )?;
        let prompt = paint(MUTED, "prompt: howdah db psql");
        let Self { postgres, database, database_port, .. } = self;
        writeln!(
            out,
            "{}PostgreSQL {postgres}, {database} on 127.0.0.1:{database_port}   {prompt}",
            label("Database")
        )?;
        for (index, login) in self.logins.iter().enumerate() {
            let name = label(if index == 0 { "Log in as" } else { "" });
            writeln!(out, "{name}{} / {}", login.email, login.password)?;
        }
        writeln!(out, "{}{}", label("anon key"), self.anon_key)?;
        writeln!(out, "{}{}", label("secret"), self.service_key)?;
        for command in self.commands() {
            writeln!(out, "{command}")?;
        }
        Ok(())
    }
}

/// JSON as one word of a shell.
fn quoted(value: &Value) -> String {
    format!("'{}'", value.to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{Login, Screen};

    fn screen() -> Screen {
        Screen {
            project: "demo".to_owned(),
            folder: "/home/ada/demo".to_owned(),
            url: "http://127.0.0.1:8080".to_owned(),
            postgres: "15.18".to_owned(),
            database: "demo".to_owned(),
            database_port: 28_341,
            anon_key: "a".repeat(180),
            service_key: "s".repeat(190),
            logins: vec![
                Login {
                    name: "Ada".to_owned(),
                    email: "ada@example.com".to_owned(),
                    password: "correct-horse".to_owned(),
                    id: "6f0d9c1e-51a7-4c35-9a0b-2f6d7be843d1".to_owned(),
                },
                Login {
                    name: "Ben".to_owned(),
                    email: "ben@example.com".to_owned(),
                    password: "battery-staple".to_owned(),
                    id: "7f0d9c1e-51a7-4c35-9a0b-2f6d7be843d1".to_owned(),
                },
            ],
            watching: "schema/".to_owned(),
        }
    }

    fn shown() -> String {
        let mut out = Vec::new();
        screen().write(&mut out).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn it_fits_on_one_screen() {
        let text = shown();
        // As a terminal of 80 columns wraps it.
        let lines: usize = text.lines().map(|line| line.chars().count().max(1).div_ceil(80)).sum();
        assert!(lines <= 23, "{lines} lines:\n{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn no_command_is_wrapped() {
        for command in screen().commands() {
            assert!(command.lines().all(|line| line.len() <= 80), "{command}");
        }
    }
}
