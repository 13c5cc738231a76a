//! What happens when the command line itself is wrong, or asks for help.

use std::ffi::OsString;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::cli::Color;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// clap colours its help before it has understood `--color`, so that one flag is read ahead.
pub(crate) fn preset_color() {
    #[derive(Parser)]
    #[command(ignore_errors = true, disable_help_flag = true, disable_version_flag = true)]
    struct Early {
        #[arg(long, default_value = "auto")]
        color: Color,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        _rest: Vec<OsString>,
    }
    let wanted = std::env::args_os()
        .skip_while(|argument| !argument.to_str().is_some_and(|text| text.starts_with("--color")))
        .take(2);
    if let Ok(early) = Early::try_parse_from(std::iter::once(OsString::from("howdah")).chain(wanted)) {
        early.color.apply();
    }
}

/// Prints help, the version or what is wrong, and says how to exit.
pub(crate) fn tell(error: &clap::Error) -> Exit {
    // The flags are not understood, so whether a program listens is read off the words themselves.
    let json = std::env::args_os().any(|argument| argument == "--json");
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A closed stdout is no failure of the help.
        let _ = error.print();
        return Exit::Ok;
    }
    if json {
        output::report(&failure(error), true);
    } else {
        let _ = error.print();
    }
    Exit::Usage
}

fn failure(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let message = text
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .trim_start_matches("error:")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let message = match error.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "a command is missing".to_owned()
        }
        _ => message,
    };
    let code = match error.kind() {
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::MissingRequiredArgument => "usage-missing-argument",
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => "usage-missing-command",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-invalid-value",
        ErrorKind::ArgumentConflict => "usage-conflict",
        _ => "usage",
    };
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| error.get(kind))
        .map(|suggested| match suggested {
            // The likeliest stands last.
            ContextValue::Strings(names) => names.last().cloned().unwrap_or_default(),
            other => other.to_string(),
        })
        .filter(|text| !text.is_empty());
    let hint = suggestion.map_or_else(|| "see `howdah --help`".to_owned(), |name| format!("did you mean `{name}`?"));
    Failure::usage(code, message).hint(hint)
}
