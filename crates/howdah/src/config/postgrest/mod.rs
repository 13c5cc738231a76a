//! A PostgREST configuration, read as settings of Howdah: its file, its `PGRST_*` variables and what the database says.
//!
//! The variables win over the file, and the database over both, as in PostgREST. What PostgREST passes over in silence
//! (a misspelled setting, a number that is none) is refused here by name; see [`settings`] for what each setting becomes.

mod conninfo;
mod settings;
mod syntax;

use std::collections::BTreeMap;
use std::net::{IpAddr, ToSocketAddrs};
use std::path::Path;

use howdah_pg::Secret;
use howdah_schema::QualifiedName;
pub(crate) use settings::{BESIDES, Counterpart, SETTINGS, Setting};
use settings::{GONE, Reading};

use super::file::Source;
use super::value::Kind;
use super::{Config, Origin, Value, keys};
use crate::failure::Failure;

/// Prefix of the settings that only the database's functions look at.
const APP: &str = "app.settings.";
const APP_VARIABLE: &str = "PGRST_APP_SETTINGS_";
/// Who connects, and which keys are accepted, is never repeated in a message.
const NOT_SHOWN: &str = "what it holds";

/// Where PostgREST's settings come from, besides the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    /// `name → text`, under the name that is written there, which may be an older one.
    texts: BTreeMap<String, (String, Origin)>,
    app: BTreeMap<String, String>,
    /// Settings that are not given have PostgREST's defaults, instead of those of `howdah.toml`.
    is_postgrest: bool,
    warnings: Vec<String>,
}

/// One setting found in the database, such as `db_max_rows` with `100`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InDatabase {
    /// Without its prefix `pgrst.`.
    pub(crate) name: String,
    pub(crate) value: String,
    /// Who set it, in words.
    pub(crate) by: String,
}

/// Settings of Howdah that a PostgREST configuration amounts to.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) config: Config,
    /// `jwt-secret`; none where it is not set.
    pub(crate) jwt_secret: Option<Secret>,
}

impl Sources {
    /// Reads the file, if there is one, and the environment of this process.
    ///
    /// # Errors
    /// The file cannot be read, or a setting is not known or not supported.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let text = match file {
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?),
            None => None,
        };
        // A variable that is no UTF-8 cannot be a setting's.
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::read_from(file.zip(text.as_deref()), &variables.collect())
    }

    fn read_from(file: Option<(&Path, &str)>, variables: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let mut sources = Self { is_postgrest: true, ..Self::default() };
        if let Some((path, text)) = file {
            sources.take_file(&Source { path, text }, variables)?;
        }
        for (variable, value) in variables.iter().filter(|(name, _)| name.starts_with("PGRST_")) {
            sources.take_variable(variable, value)?;
        }
        Ok(sources)
    }

    fn take_file(&mut self, source: &Source<'_>, variables: &BTreeMap<String, String>) -> Result<(), Failure> {
        for entry in syntax::parse(source, &|name| variables.get(name).cloned())? {
            let (line, ..) = source.place(entry.name_span.start);
            let origin = Origin::File { path: source.path.to_path_buf(), line };
            if let Some(name) = entry.name.strip_prefix(APP) {
                self.app.insert(name.to_owned(), entry.text);
                continue;
            }
            let known = self.check_name(&entry.name, &origin);
            let known = known.map_err(|failure| failure.excerpt(source.excerpt(entry.name_span, "not known here")))?;
            if known {
                self.texts.insert(entry.name, (entry.text, origin));
            }
        }
        Ok(())
    }

    fn take_variable(&mut self, variable: &str, value: &str) -> Result<(), Failure> {
        if let Some(name) = variable.strip_prefix(APP_VARIABLE) {
            self.app.insert(name.to_owned(), value.to_owned());
            return Ok(());
        }
        let names = SETTINGS.iter().flat_map(|setting| std::iter::once(&setting.name).chain(setting.aliases));
        let written =
            names.copied().chain(GONE.iter().map(|gone| gone.name)).find(|name| settings::variable(name) == variable);
        let origin = Origin::Environment(variable.to_owned());
        let fallback = || variable.trim_start_matches("PGRST_").to_lowercase().replace('_', "-");
        let name = written.map_or_else(fallback, str::to_owned);
        // An empty variable that no setting has is how compose files say "not set".
        if (written.is_some() || !value.is_empty()) && self.check_name(&name, &origin)? {
            self.texts.insert(name, (value.to_owned(), origin));
        }
        Ok(())
    }

    /// These settings of the database over all others.
    ///
    /// # Errors
    /// One of them is not known, or cannot be set there.
    pub(crate) fn with_database(mut self, found: &[InDatabase]) -> Result<Self, Failure> {
        for InDatabase { name, value, by } in found {
            let origin = Origin::Database(by.clone());
            let name = name.replace('_', "-");
            if !self.check_name(&name, &origin)? {
                continue;
            }
            if settings::find(&name).is_some_and(|setting| setting.name != name || !setting.in_database) {
                return Err(Failure::usage(
                    "postgrest-not-in-database",
                    format!("`{name}` (from {origin}) cannot be set in the database"),
                )
                .hint(format!("set it in the file or as {}", settings::variable(&name))));
            }
            self.texts.insert(name, (value.clone(), origin));
        }
        Ok(self)
    }

    /// Whether the setting means something. One that is gone but changes nothing is passed over with a warning.
    fn check_name(&mut self, name: &str, origin: &Origin) -> Result<bool, Failure> {
        if settings::find(name).is_some() {
            return Ok(true);
        }
        if let Some(gone) = GONE.iter().find(|gone| gone.name == name) {
            let message = format!("`{name}` (from {origin}) is no setting of PostgREST 14: {}", gone.why);
            if gone.is_harmless {
                self.warnings.push(format!("{message}; it has no effect"));
                return Ok(false);
            }
            return Err(Failure::usage("postgrest-setting-gone", message).hint("remove it"));
        }
        let failure =
            Failure::usage("postgrest-unknown-setting", format!("PostgREST has no setting `{name}` (from {origin})"));
        let names =
            SETTINGS.iter().flat_map(|setting| std::iter::once(setting.name).chain(setting.aliases.iter().copied()));
        Err(match howdah_schema::nearest(name, names) {
            Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
            None => failure.hint("docs/serving.md lists every setting"),
        })
    }

    /// What is worth saying about them.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The settings of `base` with these in their place.
    ///
    /// # Errors
    /// A value that the setting does not take, one that is not supported, or a file named by `@` that cannot be read.
    pub(crate) fn over(&self, base: &Config) -> Result<Resolved, Failure> {
        let mut config = base.clone();
        let mut jwt_secret = None;
        if self.is_postgrest {
            for (name, value) in BESIDES {
                if let Some(key) =
                    keys::find(name).filter(|_| matches!(base.get(name), None | Some((_, Origin::Default))))
                {
                    config.set(name, key.kind.read_text(value), Origin::Default);
                }
            }
        }
        for setting in SETTINGS {
            let Some((text, origin)) = self.text(setting) else { continue };
            let text = text.as_deref();
            match setting.counterpart {
                Counterpart::Variable(_) => {
                    jwt_secret = text.map(|text| at_file(text, setting, &origin)).transpose()?.map(Secret::from);
                }
                Counterpart::DefaultOnly(why) => check_default(setting, text, why, &origin)?,
                // A flag is said last.
                Counterpart::Key(key) if matches!(base.get(key), Some((_, Origin::Flag(_)))) => {}
                Counterpart::Key(key) => {
                    let value = text.map(|text| read(setting, text, &origin)).transpose()?;
                    config.set(key, value, origin);
                }
            }
        }
        if self.is_postgrest || !self.app.is_empty() {
            let pairs: Vec<String> = self.app.iter().map(|(name, value)| format!("{name}={value}")).collect();
            config.set("api.app_settings", Some(Value::List(pairs)), Origin::Default);
        }
        config.validate()?;
        Ok(Resolved { config, jwt_secret })
    }

    /// The text that holds for a setting, `None` where it is unset on purpose or by default; nothing at all where it is
    /// for others to say.
    fn text(&self, setting: &Setting) -> Option<(Option<String>, Origin)> {
        let is_value = |text: &str| !text.is_empty() || setting.reading == Reading::EmptyableList;
        let names = std::iter::once(setting.name).chain(setting.aliases.iter().copied());
        let mut given = names.filter_map(|name| self.texts.get(name));
        let first = given.clone().next();
        if let Some((text, origin)) = given.find(|(text, _)| is_value(text)) {
            return Some((Some(text.clone()), origin.clone()));
        }
        if !self.is_postgrest {
            return first.map(|(_, origin)| (None, origin.clone()));
        }
        let origin = first.map_or(Origin::Default, |(_, origin)| origin.clone());
        Some((setting.default.map(str::to_owned), origin))
    }
}

fn read(setting: &Setting, text: &str, origin: &Origin) -> Result<Value, Failure> {
    let Counterpart::Key(key) = setting.counterpart else { return Ok(Value::Text(text.to_owned())) };
    let kind = keys::find(key).map(|key| key.kind);
    let plain = |text: &str| kind.and_then(|kind| kind.read_text(text));
    let accepts = || kind.map(Kind::accepts).unwrap_or_default();
    match setting.reading {
        Reading::Plain | Reading::EmptyableList | Reading::Secret => {
            plain(text).ok_or_else(|| wrong(setting, text, &accepts(), origin))
        }
        Reading::Boolean => boolean(text)
            .map(Value::Boolean)
            .ok_or_else(|| wrong(setting, text, "true, false, or a number, of which those above 0 are true", origin)),
        Reading::Function => {
            let name = text.split_once('.').map(|(schema, name)| QualifiedName::new(schema, name).to_string());
            name.and_then(|name| plain(&name)).ok_or_else(|| wrong(setting, text, &accepts(), origin))
        }
        Reading::Host => {
            let accepts = "an address, a host name that resolves, or one of * *4 !4 *6 !6";
            let address = host(text).ok_or_else(|| wrong(setting, text, accepts, origin))?;
            Ok(Value::Text(address.to_string()))
        }
        Reading::Connection => {
            let text = at_file(text, setting, origin)?;
            let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
            let url = conninfo::to_url(text.trim(), &environment);
            url.map(Value::Text)
                .map_err(|why| wrong(setting, NOT_SHOWN, &format!("a connection string: {why}"), origin))
        }
    }
}

/// As PostgREST reads them: the letters of a text, or a number.
fn boolean(text: &str) -> Option<bool> {
    let letters: String = text.chars().filter(|character| character.is_alphabetic()).collect();
    match letters.to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => text.trim().parse::<i64>().ok().map(|number| number > 0),
    }
}

fn host(text: &str) -> Option<IpAddr> {
    match text {
        "*" | "*4" | "!4" => Some(IpAddr::from([0, 0, 0, 0])),
        "*6" | "!6" => Some(IpAddr::from([0; 16])),
        _ => text.parse().ok().or_else(|| Some((text, 0).to_socket_addrs().ok()?.next()?.ip())),
    }
}

/// The text, or what is in the file that `@file` names, without the line end that editors put there.
fn at_file(text: &str, setting: &Setting, origin: &Origin) -> Result<String, Failure> {
    let Some(path) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    let content = std::fs::read_to_string(path).map_err(|error| {
        Failure::io(&format!("read, for `{}` (from {origin}),", setting.name), Path::new(path), &error)
            .exit(crate::exit::Exit::Usage)
    })?;
    Ok(content.strip_suffix('\n').unwrap_or(&content).to_owned())
}

fn check_default(setting: &Setting, text: Option<&str>, why: &str, origin: &Origin) -> Result<(), Failure> {
    let is_default = match (setting.reading, text, setting.default) {
        (_, None, None) => true,
        (Reading::Boolean, Some(text), Some(default)) => boolean(text) == boolean(default),
        (_, Some(text), Some(default)) => without_spaces(text) == without_spaces(default),
        _ => false,
    };
    if is_default {
        return Ok(());
    }
    let only =
        setting.default.map_or_else(|| "it cannot be set".to_owned(), |default| format!("it can only be {default}"));
    Err(Failure::usage(
        "postgrest-unsupported-setting",
        format!("`{}` (from {origin}) is not supported: {only}, because {why}", setting.name),
    )
    .hint("remove it"))
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn wrong(setting: &Setting, found: &str, accepts: &str, origin: &Origin) -> Failure {
    let found = if found == NOT_SHOWN { found.to_owned() } else { format!("`{found}`") };
    Failure::usage(
        "postgrest-value",
        format!("`{}` (from {origin}) cannot be {found}: it must be {accepts}", setting.name),
    )
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
