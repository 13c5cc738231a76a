//! Enums, domains, and the other types that the schema defines.

use super::links::Links;
use super::parts;
use super::write::{Line, Writer, count, sentence};
use crate::QualifiedName;
use crate::docs::block::{Inline, NoteKind, Page};
use crate::docs::model::{DomainDoc, TypeUse};
use crate::docs::paths::qualified_slug;

/// Every enumeration with its labels.
pub(super) fn enums(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    let enums = &links.documentation.enums;
    writer.say(if enums.is_empty() {
        "There are no enumerations. A column of a few values has a check instead: its page says which.".to_owned()
    } else {
        format!(
            "{}. Labels are in their order: that is how they sort and compare.",
            count(enums.len(), "enumeration", "enumerations")
        )
    });
    for found in enums {
        head(&mut writer, 2, &found.name, found.purpose.as_deref(), found.deprecated.as_deref());
        let labels = found.labels.iter().enumerate();
        let rows = labels.map(|(place, label)| [(place + 1).to_string().into(), Line::new().code(label.as_str())]);
        writer.table(["", "Label"], rows);
        used_by(&mut writer, links, &found.used_by);
    }
    writer.page("ENUMS", "Enums", "Every enumeration with its labels.")
}

/// Every domain, composite type and range type.
pub(super) fn domains(links: &Links<'_>) -> Page {
    let documentation = links.documentation;
    let mut writer = Writer::default();
    writer.part("domains", "Domains");
    if documentation.domains.is_empty() {
        writer.say("There are no domains.");
    } else {
        writer.say(format!(
            "{}. A domain is a type with rules, checked wherever it is used.",
            count(documentation.domains.len(), "domain", "domains")
        ));
    }
    for found in &documentation.domains {
        head(&mut writer, 3, &found.name, found.purpose.as_deref(), found.deprecated.as_deref());
        domain(&mut writer, links, found);
    }
    writer.part("composite-types", "Composite types");
    if documentation.composites.is_empty() {
        writer.say("There are no composite types.");
    }
    for found in &documentation.composites {
        head(&mut writer, 3, &found.name, found.purpose.as_deref(), found.deprecated.as_deref());
        let rows = found.attributes.iter().map(|attribute| {
            let meaning = attribute.meaning.clone().unwrap_or_default();
            [Line::new().code(attribute.name.as_str()), links.data_type(&attribute.data_type).into(), meaning.into()]
        });
        writer.table(["Attribute", "Type", "Meaning"], rows);
        used_by(&mut writer, links, &found.used_by);
    }
    writer.part("range-types", "Range types");
    if documentation.ranges.is_empty() {
        writer.say("There are no range types.");
    }
    for found in &documentation.ranges {
        head(&mut writer, 3, &found.name, found.purpose.as_deref(), found.deprecated.as_deref());
        let line = Line::from("A range of ").with(links.data_type(&found.subtype)).text("; sets of it are of type ");
        writer.paragraph(line.code(found.multirange.to_string()).text("."));
        used_by(&mut writer, links, &found.used_by);
    }
    writer.page("DOMAINS", "Domains and other types", "Every domain with its checks, composite types and range types.")
}

fn head(writer: &mut Writer, level: u8, name: &QualifiedName, purpose: Option<&str>, deprecated: Option<&str>) {
    writer.heading(level, &qualified_slug(name), Inline::code(name.to_string()));
    if let Some(why) = deprecated {
        writer.note(NoteKind::Deprecated, Line::new().strong("Deprecated").text(format!(": {}", sentence(why))));
    }
    if let Some(text) = purpose {
        parts::prose(writer, text);
    }
}

fn domain(writer: &mut Writer, links: &Links<'_>, domain: &DomainDoc) {
    let mut line = Line::from("Made from ").with(links.data_type(&domain.base));
    if domain.not_null {
        line = line.text("; refuses null");
    }
    if let Some(default) = &domain.default {
        line = line.text("; default ").code(default.as_str());
    }
    writer.paragraph(line.text("."));
    if !domain.checks.is_empty() {
        let rows = domain.checks.iter().map(|check| {
            let valid = if check.validated { "" } else { " NOT VALID: values from before it was added may break it." };
            [
                Line::new().code(check.name.as_str()),
                Line::from(sentence(&check.reason)).text(valid),
                Line::new().code(check.definition.as_str()),
            ]
        });
        writer.table(["Check", "Demands", "Definition"], rows);
    }
    used_by(writer, links, &domain.used_by);
}

fn used_by(writer: &mut Writer, links: &Links<'_>, uses: &[TypeUse]) {
    if uses.is_empty() {
        writer.say("No column is of this type.");
    } else {
        writer.paragraph(Line::from("Used by ").and(links.uses(uses)).text("."));
    }
}
