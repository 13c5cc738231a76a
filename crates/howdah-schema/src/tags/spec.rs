//! The tags there are.

/// What a tag may stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagObject {
    /// The comment of a table.
    Table,
    /// The comment of a column.
    Column,
    /// Any comment.
    Any,
}

/// One tag's name, use and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagSpec {
    /// Without the `@`.
    pub name: &'static str,
    /// With its arguments.
    pub usage: &'static str,
    /// Where it may stand.
    pub on: TagObject,
    /// What it means, in one sentence.
    pub about: &'static str,
}

/// Every tag. Nothing else is one.
pub const TAGS: [TagSpec; 12] = [
    spec("group", "@group NAME", TagObject::Table, "Where the table stands in docs and studio."),
    spec("owner", "@owner COLUMN", TagObject::Table, "The column that owns the row."),
    spec("pii", "@pii [KIND]", TagObject::Column, "Personal data."),
    spec(
        "mask",
        "@mask [email|phone|name|last-four|hash|null|range|geo]",
        TagObject::Column,
        "How the read-only role sees it.",
    ),
    spec("encrypt", "@encrypt", TagObject::Column, "Encrypted under the owner's key."),
    spec("blind-index", "@blind-index", TagObject::Column, "Encrypted, and still searchable by equality."),
    spec("audit", "@audit [read]", TagObject::Table, "Changes, and with `read` reads too, go to the audit trail."),
    spec("retain", "@retain 90 days by COLUMN", TagObject::Table, "How long rows are kept."),
    spec("consent", "@consent PURPOSE", TagObject::Table, "Writing needs a live consent for the purpose."),
    spec("deprecated", "@deprecated WHY", TagObject::Any, "Not for new use."),
    spec("version", "@version COLUMN", TagObject::Table, "The column behind ETag and If-Match."),
    spec(
        "partitions",
        "@partitions",
        TagObject::Table,
        "Its partitions come and go at run time: they are data to migrations, all but the default one.",
    ),
];

const fn spec(name: &'static str, usage: &'static str, on: TagObject, about: &'static str) -> TagSpec {
    TagSpec { name, usage, on, about }
}
