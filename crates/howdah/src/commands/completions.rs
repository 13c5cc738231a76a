//! `howdah completions`: a script that teaches a shell the commands and flags.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
Examples:
  howdah completions bash > ~/.local/share/bash-completion/completions/howdah
  howdah completions zsh > \"${fpath[1]}/_howdah\"
  howdah completions fish > ~/.config/fish/completions/howdah.fish

Exit codes:
  0    printed
  2    there is no such shell";

/// Print the completion script of a shell
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "howdah", &mut script);
    let script = String::from_utf8(script)?;
    let data = serde_json::json!({ "shell": args.shell.to_string(), "script": script });
    context.out.data("howdah.completions/1", &data, |stdout| stdout.write_all(script.as_bytes()))?;
    Ok(Exit::Ok)
}
