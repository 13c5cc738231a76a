//! How far a transaction is kept apart from others.

use std::str::FromStr;
use std::sync::LazyLock;

use super::flight::Step;

/// The isolation level of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Each statement sees what was committed before it began. What PostgreSQL calls read uncommitted is the same.
    ReadCommitted,
    /// All statements see what was committed before the first of them.
    RepeatableRead,
    /// As if transactions ran one after another.
    Serializable,
}

/// In the order of the levels. `SET` alone holds no longer than `SET LOCAL`, because every transaction begins with the
/// session's default, and it warns of no missing BEGIN.
static STEPS: LazyLock<[Step; 3]> = LazyLock::new(|| {
    [
        "set transaction_isolation to 'read committed'",
        "set transaction_isolation to 'repeatable read'",
        "set transaction_isolation to 'serializable'",
    ]
    .map(Step::plain)
});

impl Isolation {
    /// What gives the transaction this level, if nothing has been read in it yet.
    pub(super) fn step(self) -> &'static Step {
        &STEPS[self as usize]
    }
}

impl FromStr for Isolation {
    type Err = ();

    /// As settings of PostgreSQL have it, in letters of either case.
    fn from_str(text: &str) -> Result<Self, ()> {
        let levels = [
            ("read uncommitted", Self::ReadCommitted),
            ("read committed", Self::ReadCommitted),
            ("repeatable read", Self::RepeatableRead),
            ("serializable", Self::Serializable),
        ];
        levels.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, level)| level).ok_or(())
    }
}
