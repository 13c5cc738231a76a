//! A new project's files.
//!
//! Everything is decided here, in memory; [`place`] then puts it on the disk whole or not at all.

pub(crate) mod place;
pub(crate) mod templates;

use std::path::Path;

use crate::config::{FILE_NAME, database_name};
use templates::{Template, TextFile, concatenate};

const README: &str = include_str!("project_readme.md");
const SEEDS_README: &str = include_str!("seeds_readme.md");

/// The name of the first migration.
pub(crate) const INITIAL: &str = "0001_initial";

/// All files of a new project called `name`.
pub(crate) fn files(name: &str, template: &Template) -> Vec<TextFile> {
    let schema = template.schema();
    let paths: Vec<String> = schema.iter().map(|file| format!("schema/{}", file.path)).collect();
    let up = concatenate(paths.iter().map(String::as_str).zip(schema.iter().map(|file| file.text.as_str())));
    let mut files = vec![
        file(FILE_NAME, settings(name, template)),
        file(
            ".gitignore",
            "# The private database cluster, sockets, secrets and caches of this project.\n.howdah/\n".to_owned(),
        ),
        file("README.md", README.replace("{name}", name).replace("{database}", &database_name(name))),
        file("seeds/README.md", SEEDS_README.to_owned()),
        file(&format!("migrations/{INITIAL}.up.sql"), up),
        file(&format!("migrations/{INITIAL}.down.sql"), template.down()),
    ];
    files.extend(
        template
            .policies()
            .into_iter()
            .map(|policies| file(&format!("tests/policies/{}", policies.path), policies.text)),
    );
    files.extend(paths.into_iter().zip(schema).map(|(path, file)| TextFile { path, text: file.text }));
    files
}

fn file(path: &str, text: String) -> TextFile {
    TextFile { path: path.to_owned(), text }
}

fn settings(name: &str, template: &Template) -> String {
    format!(
        "# Settings of this project; a flag or an environment variable (HOWDAH_SECTION_KEY) wins over this file.\n\
         # `howdah config show --origin` lists every setting and where its value comes from.\n\
         # No secrets here: git keeps this file. They belong in the environment (DATABASE_URL, PGPASSWORD).\n\
         \n\
         [project]\n\
         name = {}\n\
         template = \"{}\"\n\
         \n\
         [api]\n\
         # The schemas reached over /rest/v1.\n\
         schemas = [\"public\"]\n",
        toml::Value::String(name.to_owned()),
        template.name
    )
}

/// What a project in `folder` is called.
pub(crate) fn name_for(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "howdah".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::{files, templates};

    #[test]
    fn the_settings_of_every_new_project_are_valid() {
        for template in templates::TEMPLATES {
            let files = files("we\"ird\n\\näme", template);
            let text = &files.iter().find(|file| file.path == "howdah.toml").unwrap().text;
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("howdah.toml"), text).unwrap();
            let config = crate::config::Config::load(Some(folder.path()), &[]).unwrap();
            assert_eq!(config.project_name(), "we\"ird\n\\näme");
            assert_eq!(config.template(), Some(template.name));
        }
    }
}
