//! The checks, one a file.

pub(super) mod check_constraint;
pub(super) mod corruption;
pub(super) mod domain;
pub(super) mod exclusion;
pub(super) mod foreign_key;
pub(super) mod invalid_index;
pub(super) mod not_null;
pub(super) mod polymorphic_link;
pub(super) mod sequence;
pub(super) mod unique;
