//! `howdah audit`: the audit trail, looked at, verified, exported and pruned.

mod anchor;
mod export;
mod prune;
mod status;
mod tail;
mod verify;

subcommands! {
    /// Look at the audit trail, verify it, export it

    Status => status,
    Verify => verify,
    Anchor => anchor,
    Export => export,
    Tail => tail,
    Prune => prune,
}

impl Args {
    /// Whether it stops by itself at Ctrl+C: following the trail ends no other way.
    pub(crate) fn handles_signals(&self) -> bool {
        matches!(self.action, Action::Tail(_))
    }
}
