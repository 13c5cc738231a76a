//! What the process tells its caller by its exit code.
//!
//! The codes are a contract (scripts branch on them), so they stand in one place and in `howdah --help`.

/// The outcome of a command as an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Ok,
    /// It could not; nothing was left half done.
    Failed,
    /// The command line or the settings are wrong.
    Usage,
    /// It worked, and found something: pending migrations, drift.
    Findings,
    /// A login was refused.
    Authentication,
    /// It would destroy something, and nobody confirmed.
    Confirmation,
    /// Ctrl+C or SIGTERM before it was done.
    Interrupted,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Findings => 3,
            Self::Authentication => 4,
            Self::Confirmation => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
