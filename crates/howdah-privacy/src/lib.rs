//! What protects people's data after it has been written: at present the [`audit`] trail.
//!
//! Deliberately not here: what writes the events (triggers and functions of `schemas/shared`), who may read them (grants and
//! policies there), and the command line.

pub mod audit;
