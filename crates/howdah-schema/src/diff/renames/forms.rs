//! How SQL gives each kind of object another name.

use crate::catalog::ObjectId;
use crate::{Ident, Literal, QualifiedName};

/// The space of all that shares names with tables: views, sequences, indexes, types.
pub(super) const CLASS: &str = "class";

/// Where a name counts: names of one space and schema are told apart by the name alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// [`CLASS`]; else the kind, and the container of a part.
    pub(super) space: String,
    /// Empty for what is in no schema.
    pub(super) schema: String,
    pub(super) name: String,
}

impl Place {
    pub(super) fn new(space: impl Into<String>, schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { space: space.into(), schema: schema.into(), name: name.into() }
    }

    pub(super) fn of(space: impl Into<String>, name: &QualifiedName) -> Self {
        Self::new(space, &name.schema, &name.name)
    }

    pub(super) fn qualified(&self) -> QualifiedName {
        QualifiedName::new(&self.schema, &self.name)
    }
}

/// The shape of the statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// `ALTER TABLE schema.name RENAME TO …`
    Object(&'static str),
    /// `ALTER FUNCTION schema.name(arguments) RENAME TO …`
    Routine(&'static str, String),
    /// `ALTER OPERATOR CLASS schema.name USING method RENAME TO …`
    OfMethod(&'static str, String),
    /// `ALTER SCHEMA name RENAME TO …`
    Global(&'static str),
    /// `ALTER TABLE container RENAME COLUMN name TO …`: the container's noun and the part's.
    Part(&'static str, &'static str),
    /// `ALTER POLICY name ON container RENAME TO …`
    On(&'static str),
    /// `ALTER TYPE container RENAME VALUE 'name' TO …`
    Label,
}

impl Form {
    /// `at` is where it is now, and `container` what it is a part of, as that is called now.
    pub(super) fn rename(&self, at: &QualifiedName, container: Option<&QualifiedName>, name: &str) -> String {
        let (old, new) = (Ident::new(&at.name), Ident::new(name));
        let container = container.map(ToString::to_string).unwrap_or_default();
        match self {
            Self::Object(_) | Self::Routine(..) | Self::OfMethod(..) => {
                format!("ALTER {} RENAME TO {new}", self.noun(at))
            }
            Self::Global(noun) => format!("ALTER {noun} {old} RENAME TO {new}"),
            Self::Part(noun, what) => format!("ALTER {noun} {container} RENAME {what} {old} TO {new}"),
            Self::On(noun) => format!("ALTER {noun} {old} ON {container} RENAME TO {new}"),
            Self::Label => {
                let (old, new) = (Literal::text(&at.name), Literal::text(name));
                format!("ALTER TYPE {container} RENAME VALUE {old} TO {new}")
            }
        }
    }

    pub(super) fn set_schema(&self, at: &QualifiedName, schema: &str) -> String {
        format!("ALTER {} SET SCHEMA {}", self.noun(at), Ident::new(schema))
    }

    fn noun(&self, at: &QualifiedName) -> String {
        match self {
            Self::Routine(noun, arguments) => format!("{noun} {at}({arguments})"),
            Self::OfMethod(noun, method) => format!("{noun} {at} USING {}", Ident::new(method)),
            Self::Object(noun) | Self::Global(noun) | Self::Part(noun, _) | Self::On(noun) => format!("{noun} {at}"),
            Self::Label => format!("TYPE {at}"),
        }
    }
}

/// Something that has a name.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) form: Form,
    pub(super) object: ObjectId,
    /// The new name of what it is a part of: it moves along, and cannot move by itself.
    pub(super) container: Option<QualifiedName>,
}

/// One rename.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) named: Named,
    pub(super) from: Place,
    pub(super) to: Place,
    /// Said by a directive: then what is in the way is moved aside. Else it is left undone.
    pub(super) declared: bool,
}
