//! SQL as text: where statements begin and end, and a form of deparsed SQL that can be compared.
//!
//! No parser: the server alone decides what a text means.

mod bare;
pub mod normal;
pub mod split;

pub use bare::bare;
pub use normal::{normalise, reproducible};
