//! `howdah schema`: the schema of a database as files.

mod dump;
mod split;

subcommands! {
    /// Write the schema of a database as SQL

    Dump => dump,
}
