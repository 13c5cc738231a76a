//! `--fix`: mends files, and judges the result before it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use howdah_pg::script::SqlFile;
use howdah_schema::Catalog;
use howdah_schema::findings::{Finding, Source};
use howdah_schema::lint::{self, Edit};
use serde_json::{Value, json};

use super::judge::Judge;
use super::patch::{self, Change};
use super::subject::Subject;
use crate::failure::Failure;
use crate::findings::{Judgement, source};
use crate::sources::without_restrict;

/// What was mended.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    files: Vec<FixedFile>,
}

#[derive(Debug)]
struct FixedFile {
    name: String,
    before: String,
    after: String,
    edits: Vec<Edit>,
}

/// Mends what can be mended, and judges anew: `judgement` is then of what would be there.
///
/// # Errors
/// The result cannot be loaded, still has a finding that was mended, or has one that was not there before.
pub(super) async fn fix(judge: &mut Judge<'_>, judgement: &mut Judgement, subject: &Subject) -> anyhow::Result<Fixed> {
    let findings = &judgement.report.findings;
    let mut fixed = Fixed::default();
    if let Some((files, catalog)) = &judgement.schema {
        fixed.add(files, catalog, findings);
    }
    fixed.add(&subject.files, &Catalog::default(), findings);
    if fixed.is_empty() {
        return Ok(fixed);
    }
    judge.replace(fixed.files.iter().map(|file| (file.name.clone(), file.after.clone())));
    let after = judge.judge(subject).await.map_err(|error| {
        Failure::new("lint-fix-unproven", "what --fix would write cannot be loaded, so nothing was written")
            .cause(format!("{error:#}"))
            .hint("--fix --dry-run shows it; please report this")
    })?;
    let mut expected = keys(findings);
    for edit in &fixed.done() {
        let count = expected.entry((edit.0, edit.1.clone(), edit.2.clone())).or_default();
        *count = count.saturating_sub(1);
    }
    let new = keys(&after.report.findings);
    if let Some(((rule, object, _), _)) = new.iter().find(|(key, count)| expected.get(*key).unwrap_or(&0) < *count) {
        let object = object.as_deref().unwrap_or("-");
        return Err(Failure::new("lint-fix-unproven", "what --fix would write is not better, so nothing was written")
            .cause(format!("afterwards there is {rule} on {object}"))
            .hint("--fix --dry-run shows it; please report this")
            .into());
    }
    *judgement = after;
    Ok(fixed)
}

/// A finding apart from its line: rule, object, file.
type Key = (&'static str, Option<String>, String);

fn keys(findings: &[Finding]) -> BTreeMap<Key, usize> {
    let mut keys = BTreeMap::new();
    for finding in findings {
        let file = finding.place.as_ref().map(|place| place.file.clone()).unwrap_or_default();
        *keys.entry((finding.rule, finding.object.clone(), file)).or_default() += 1;
    }
    keys
}

impl Fixed {
    fn add(&mut self, files: &[SqlFile], catalog: &Catalog, findings: &[Finding]) {
        let sources: Vec<Source<'_>> = files.iter().map(source).collect();
        let mut edits: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
        for edit in lint::edits(catalog, &sources, findings) {
            edits.entry(edit.file.clone()).or_default().push(edit);
        }
        for file in files {
            if let Some(edits) = edits.remove(&file.name) {
                let after = lint::apply_edits(&file.name, &file.text, &edits);
                self.files.push(FixedFile { name: file.name.clone(), before: file.text.clone(), after, edits });
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The findings that are mended; several edits may mend one.
    fn done(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        for edit in self.files.iter().flat_map(|file| &file.edits) {
            let key = (edit.rule, edit.object.clone(), edit.file.clone());
            // Suppressions in one file may name the same rule; each is one edit.
            if edit.rule == "unused-suppression" || !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The findings that are mended, as data.
    pub(super) fn list(&self) -> Vec<Value> {
        let one = |(rule, object, file): Key| json!({ "id": rule, "object": object, "file": file });
        self.done().into_iter().map(one).collect()
    }

    /// What would be written, as a unified diff.
    pub(super) fn patch(&self) -> String {
        self.files.iter().map(FixedFile::patch).collect()
    }

    /// Writes the files.
    ///
    /// # Errors
    /// A file cannot be written, or is not what it was when it was read.
    pub(super) fn write(&self) -> Result<(), Failure> {
        for file in &self.files {
            let path = Path::new(&file.name);
            let now = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
            if now != file.before && without_restrict(&now) == file.before {
                return Err(Failure::new("lint-fix-dump", format!("{} is a dump that psql is to read", file.name))
                    .hint("remove its lines with \\restrict and \\unrestrict; nothing was written"));
            }
            if now != file.before {
                return Err(Failure::new("lint-fix-changed", format!("{} was changed meanwhile", file.name))
                    .hint("run it again; nothing was written"));
            }
        }
        for file in &self.files {
            let path = Path::new(&file.name);
            let beside = path.with_extension("sql.howdah-fix");
            let written = fs::metadata(path)
                .and_then(|there| {
                    fs::write(&beside, &file.after)?;
                    fs::set_permissions(&beside, there.permissions())
                })
                .and_then(|()| fs::rename(&beside, path));
            if let Err(error) = written {
                let _ = fs::remove_file(&beside);
                return Err(Failure::io("write", path, &error));
            }
        }
        Ok(())
    }
}

impl FixedFile {
    fn patch(&self) -> String {
        let line = |at: usize| self.before.get(..at).map_or(0, |before| before.matches('\n').count());
        let newlines = |text: Option<&str>| text.unwrap_or_default().matches('\n').count();
        let mut edited: Vec<Change> = Vec::new();
        // How many lines the new text is ahead.
        let mut ahead = 0_isize;
        let moved = |at: usize, by: isize| at.saturating_add_signed(by);
        for edit in &self.edits {
            // One that takes whole lines away does not touch the next.
            let whole =
                edit.text.is_empty() && self.before.get(..edit.end).is_some_and(|before| before.ends_with('\n'));
            let (from, to) = (line(edit.start), line(edit.end) + usize::from(!whole));
            let grows = newlines(Some(&edit.text)) as isize - newlines(self.before.get(edit.start..edit.end)) as isize;
            let after = ahead + grows;
            match edited.last_mut() {
                Some(last) if from < last.old.1 => {
                    last.old.1 = last.old.1.max(to);
                    last.new.1 = moved(last.old.1, after);
                }
                _ => edited.push(Change { old: (from, to), new: (moved(from, ahead), moved(to, after)) }),
            }
            ahead = after;
        }
        let last = self.before.split_inclusive('\n').count();
        let last_after = self.after.split_inclusive('\n').count();
        for change in &mut edited {
            change.old.1 = change.old.1.min(last);
            change.new.1 = change.new.1.min(last_after);
        }
        patch::unified(&self.name, &self.before, &self.after, &edited)
    }
}

#[cfg(test)]
mod tests {
    use howdah_schema::lint::{Edit, apply_edits};

    use super::FixedFile;

    #[test]
    fn a_patch_shows_every_edit() {
        let before = "a\nb varchar(3),\nc\n-- gone\nd;\n";
        let edit = |start: usize, end: usize, text: &str| Edit {
            file: "x.sql".to_owned(),
            start,
            end,
            text: text.to_owned(),
            rule: "text-over-varchar",
            object: None,
        };
        let edits = vec![edit(4, 14, "text"), edit(14, 14, " check"), edit(18, 26, ""), edit(28, 28, "\ncreate;")];
        let after = apply_edits("x.sql", before, &edits);
        assert_eq!(after, "a\nb text check,\nc\nd;\ncreate;\n");
        let file = FixedFile { name: "x.sql".to_owned(), before: before.to_owned(), after, edits };
        assert_eq!(
            file.patch(),
            "--- x.sql\n+++ x.sql\n@@ -1,5 +1,5 @@\n a\n-b varchar(3),\n+b text check,\n c\n--- gone\n d;\n+create;\n"
        );
    }
}
