//! `howdah policy`: row-level security from tags, and tests of it.

mod generate;
mod test;

subcommands! {
    /// Write row-level security policies, and test who may do what

    Generate => generate,
    Test => test,
}
