//! `howdah lint`.

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// To come
#[derive(clap::Args, Debug)]
pub(crate) struct Args {}

pub(crate) async fn run(_: Args, _: &Context) -> anyhow::Result<Exit> {
    Err(Failure::new("not-here-yet", "this command is being built").into())
}
