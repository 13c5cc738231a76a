//! Renames, which are declared and never guessed.
//!
//! Between two catalogs, a table that got another name looks like one that was dropped and another that was made. What tells
//! them apart is a comment in the schema's files, beside what has the new name:
//!
//! ```sql
//! -- renamed-from: todos
//! CREATE TABLE tasks (
//!   id uuid PRIMARY KEY,
//!   title text, -- renamed-from: name
//!   -- renamed-from: todos_due_check
//!   CONSTRAINT tasks_due_check CHECK (due_on > '2000-01-01')
//! );
//! ```
//!
//! [`read()`] finds these comments and what they stand beside. [`plan()`] turns them into `ALTER … RENAME`, in an order in which
//! every name is free when it is taken. Run on a copy of the old schema, these leave one that differs from the new in all but
//! names, so a comparison need not know of renames at all. A directive may stay in its file for good: where its work is done,
//! or there never was an old name, it says nothing.
//!
//! Some names follow without a directive, because nothing can be lost by it: those of constraints, indexes and statistics
//! that are equal in everything but their name to exactly one in the same table, and those of the sequences behind columns.

mod choose;
pub(crate) mod definitions;
mod directive;
mod follow;
mod forms;
mod kinds;
mod labels;
mod likeness;
mod names;
mod occupied;
mod order;
mod parts;
mod plan;
mod read;
mod rewrite;
mod routines;
mod statement;
mod token;

pub use directive::{Directive, DirectiveError, OldName, RenameError, Target};
pub use labels::translate_labels;
pub use plan::{invert, plan};
pub use read::read;

#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod read_tests;
