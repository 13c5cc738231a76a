//! The documentation as values: what `howdah docs --format json` prints and what the pages are written from.
//!
//! It says nothing that differs between a database and the files that made it: whoever owns an object is `owner`, and
//! there are no grantors, no names of databases or servers, no times and no versions.

mod access;
mod function;
mod relationship;
mod table;
mod types;
mod view;
mod whole;

pub use access::{Access, AccessCell, PolicyDoc, RoleAccess, RowSecurityDoc, Rows};
pub use function::{ArgumentDoc, FunctionDoc, RoutineKind, TriggerUse};
pub use relationship::{BelongsTo, HasMany, ManyToMany};
pub use table::{
    ColumnDoc, ColumnReference, ConstraintDoc, ConstraintSort, Deprecation, IndexDoc, IndexUse, Performance, RuleDoc,
    ScanRisk, SourceOfText, StatisticsDoc, TableDoc, TableKind, TriggerDoc,
};
pub use types::{AttributeDoc, CheckDoc, CompositeDoc, DomainDoc, EnumDoc, RangeDoc, TypeRef, TypeUse};
pub use view::{Lineage, LineageObject, ViewDoc};
pub use whole::{
    Counts, Coverage, Documentation, EventTriggerDoc, ExtensionDoc, Group, Notes, OtherObject, PublicationDoc,
    PublishedTableDoc, RoleDoc, SchemaDoc, SequenceDoc,
};
