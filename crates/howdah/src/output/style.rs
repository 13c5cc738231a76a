//! The few styles the command line uses. Colours are stripped by the stream that writes them
//! (`--color`, NO_COLOR, CLICOLOR_FORCE, TERM=dumb, a pipe), never by the code that chooses them.

use clap::builder::styling::{AnsiColor, Style};

pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const MUTED: Style = Style::new().dimmed();
pub(crate) const ACCENT: Style = AnsiColor::Cyan.on_default().bold();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// `text` in `style`.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
