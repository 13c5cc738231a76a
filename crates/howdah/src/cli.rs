//! The command line's grammar: global flags, and one entry a command.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::context::Context;
use crate::exit::Exit;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Cyan.on_default().bold())
    .usage(AnsiColor::Cyan.on_default().bold())
    .literal(Style::new().bold())
    .placeholder(Style::new().dimmed());

const AFTER_HELP: &str = "\
Examples:
  howdah dev demo                     make a project in ./demo, start its database, serve its API
  howdah init shop --template commerce
  howdah generate add_due_dates       write the migration for what changed in schema/
  howdah diff env:production schema

Exit codes:
  0    done
  1    failed
  2    the command line or a setting is wrong
  3    it worked and found something: pending migrations, drift
  4    a login was refused: wrong password, unknown role
  5    it would destroy something and was not confirmed (--yes)
  130  interrupted

Settings come from flags, then the environment (HOWDAH_SECTION_KEY, DATABASE_URL), then howdah.toml.
Data goes to stdout, everything else to stderr.";

/// Everything between an application and PostgreSQL, in one binary.
#[derive(Debug, Parser)]
#[command(
    name = "howdah",
    version,
    styles = STYLES,
    after_help = AFTER_HELP,
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Print one JSON document to stdout; never ask
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// The project's folder; by default the current folder or the nearest above with a howdah.toml
    #[arg(long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(crate) project: Option<PathBuf>,

    /// Say only what matters
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    /// Say more; twice for everything
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Answer yes to every question
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,

    /// When to use colours; auto honours NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn apply(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(commands::init::Args),
    Dev(commands::dev::Args),
    Db(commands::db::Args),
    Diff(commands::diff::Args),
    Generate(commands::generate::Args),
    Migrate(commands::migrate::Args),
    Check(commands::check::Args),
    Schema(commands::schema::Args),
    Docs(commands::docs::Args),
    Lint(commands::lint::Args),
    Advise(commands::advise::Args),
    Validate(commands::validate::Args),
    Audit(commands::audit::Args),
    Types(commands::types::Args),
    Role(commands::role::Args),
    Policy(commands::policy::Args),
    Seed(commands::seed::Args),
    Serve(commands::serve::Args),
    Keys(commands::keys::Args),
    Mail(commands::mail::Args),
    Config(commands::config::Args),
    Completions(commands::completions::Args),
}

impl Command {
    /// Whether the command stops by itself at Ctrl+C, because it has more to do then than to go away.
    pub(crate) fn handles_signals(&self) -> bool {
        matches!(self, Self::Dev(_) | Self::Serve(_) | Self::Validate(_))
            || matches!(self, Self::Audit(args) if args.handles_signals())
            || matches!(self, Self::Mail(args) if args.handles_signals())
    }

    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Init(args) => commands::init::run(args, context),
            Self::Dev(args) => commands::dev::run(args, context).await,
            Self::Db(args) => commands::db::run(args, context).await,
            Self::Diff(args) => commands::diff::run(args, context).await,
            Self::Generate(args) => commands::generate::run(args, context).await,
            Self::Migrate(args) => commands::migrate::run(args, context).await,
            Self::Check(args) => commands::check::run(args, context).await,
            Self::Schema(args) => commands::schema::run(args, context).await,
            Self::Docs(args) => commands::docs::run(args, context).await,
            Self::Lint(args) => commands::lint::run(args, context).await,
            Self::Advise(args) => commands::advise::run(args, context).await,
            Self::Validate(args) => commands::validate::run(args, context).await,
            Self::Audit(args) => commands::audit::run(args, context).await,
            Self::Types(args) => commands::types::run(args, context).await,
            Self::Role(args) => commands::role::run(args, context).await,
            Self::Policy(args) => commands::policy::run(args, context).await,
            Self::Seed(args) => commands::seed::run(args, context).await,
            Self::Serve(args) => commands::serve::run(args, context).await,
            Self::Keys(args) => commands::keys::run(args, context).await,
            Self::Mail(args) => commands::mail::run(args, context).await,
            Self::Config(args) => commands::config::run(&args, context),
            Self::Completions(args) => commands::completions::run(&args, context),
        }
    }
}
