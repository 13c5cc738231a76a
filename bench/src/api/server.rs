//! `howdah serve` over the benchmark's database.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::Signal;
use serde_json::Value;

use super::database::{Database, LOGIN};
use crate::binary::Binary;
use crate::child::Guarded;
use crate::http;
use crate::scratch::Scratch;
use crate::start::document_of;

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    process: Guarded,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it on a free port, with its defaults and these settings, except that not every request is logged.
    pub(crate) fn start(
        binary: &Binary,
        scratch: &Scratch,
        database: &Database,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let log = scratch.path().join("howdah.log");
        let mut command = binary.command(scratch.path());
        command.args(["serve", "--port", "0", "--json"]);
        command.env("DATABASE_URL", database.url(LOGIN)?);
        command.env("HOWDAH_JWT_SECRET", database.jwt_secret()).env("HOWDAH_LOG", "warn");
        command.envs(settings.iter().copied());
        command.stdout(Stdio::piped()).stderr(File::create(&log).context("cannot make the server's log")?);
        let mut process = Guarded::spawn(&mut command)?;
        let (stdout, _) = process.outputs();
        let (send, receive) = mpsc::channel();
        thread::spawn(move || send.send(stdout.and_then(document_of)));
        let Ok(Some(document)) = receive.recv_timeout(Duration::from_secs(30)) else {
            bail!("`howdah serve` does not say where it listens:\n{}", fs::read_to_string(&log).unwrap_or_default());
        };
        let document: Value = serde_json::from_str(&document).context("stdout is not one JSON document")?;
        let url = document.pointer("/data/url").and_then(Value::as_str).context("the document has no /data/url")?;
        Ok(Self { process, address: http::address(url)? })
    }

    pub(crate) fn process(&mut self) -> &mut Guarded {
        &mut self.process
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// SIGTERM; it must end in order.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        self.process.signal(Signal::SIGTERM);
        let status = self.process.wait(Duration::from_secs(30))?;
        if !status.success() {
            bail!("`howdah serve` ended with {status}");
        }
        Ok(())
    }
}
