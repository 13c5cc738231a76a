//! One command, one file: its arguments and what it does. A command that has commands of its own is a folder of such files.

/// The arguments of a command that has commands of its own, and the way to them: `Name => module` for each, in the order of the
/// help. A module has `Args`, whose doc comment is the command's help, and an asynchronous `run`.
macro_rules! subcommands {
    ($(#[$about:meta])* $($name:ident => $module:ident),+ $(,)?) => {
        #[derive(clap::Args, Debug)]
        $(#[$about])*
        #[command(arg_required_else_help = true)]
        pub(crate) struct Args {
            #[command(subcommand)]
            action: Action,
        }

        #[derive(Debug, clap::Subcommand)]
        enum Action {
            $($name($module::Args)),+
        }

        pub(crate) async fn run(
            args: Args,
            context: &crate::context::Context,
        ) -> anyhow::Result<crate::exit::Exit> {
            match args.action {
                $(Action::$name(args) => $module::run(args, context).await),+
            }
        }
    };
}

pub(crate) mod advise;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod db;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod docs;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod lint;
pub(crate) mod mail;
pub(crate) mod migrate;
pub(crate) mod policy;
pub(crate) mod role;
pub(crate) mod schema;
pub(crate) mod seed;
pub(crate) mod serve;
pub(crate) mod types;
pub(crate) mod validate;
