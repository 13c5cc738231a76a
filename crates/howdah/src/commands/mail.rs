//! `howdah mail`: what `howdah dev` would have sent.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Subcommand;
use howdah_auth::mail::{Letter, Mailbox};
use howdah_data::calendar::Day;
use serde_json::{Value, json};

use crate::context::Context;
use crate::dev::signals::Signals;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Listing;

const AFTER_HELP: &str = "\
In development nothing is sent: mails are put into .howdah/mail/, and while `howdah dev` runs they are also at /dev/mail. \
The latest 200 stay.

Examples:
  howdah mail
  howdah mail --follow
  howdah mail show
  howdah mail open 3
  howdah mail --json | jq -r '.data.letters[-1].code'

Exit codes:
  0    shown, or ended by Ctrl+C
  1    there is no such mail, or it has no link";

const SHOW_HELP: &str = "\
Examples:
  howdah mail show
  howdah mail show 3 --json

Exit codes:
  0    shown
  1    there is no such mail";

const OPEN_HELP: &str = "\
Examples:
  howdah mail open
  curl -s \"$(howdah mail open 3)\"

Exit codes:
  0    printed
  1    there is no such mail, or it has no link";

/// How often the mailbox is looked at.
const INTERVAL: Duration = Duration::from_millis(200);

/// Read the mails that `howdah dev` keeps instead of sending them
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,

    /// Keep printing mails as they come, until Ctrl+C
    #[arg(long, short)]
    follow: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print one mail
    #[command(after_help = SHOW_HELP)]
    Show(Which),
    /// Print where the link of a mail leads and, on a terminal, open it in the browser
    #[command(after_help = OPEN_HELP)]
    Open(Which),
}

#[derive(clap::Args, Debug)]
struct Which {
    /// Its number; by default the latest
    #[arg(value_name = "N")]
    number: Option<u64>,
}

impl Args {
    /// Whether it stops by itself at Ctrl+C: following ends no other way.
    pub(crate) fn handles_signals(&self) -> bool {
        self.follow
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let mailbox = Mailbox::new(project.mailbox_folder());
    match args.action {
        None if args.follow => {
            let mut signals = Signals::listen()?;
            tokio::select! {
                followed = follow(&mailbox, context) => followed?,
                () = signals.stop() => crate::output::end_line(),
            }
        }
        None => list(&letters(&mailbox)?, context)?,
        Some(Action::Show(which)) => show(&which.find(&mailbox)?, context)?,
        Some(Action::Open(which)) => open(&which.find(&mailbox)?, context)?,
    }
    Ok(Exit::Ok)
}

fn letters(mailbox: &Mailbox) -> Result<Vec<Letter>, Failure> {
    mailbox.letters().map_err(|error| Failure::new("mailbox-not-readable", error.to_string()))
}

impl Which {
    fn find(&self, mailbox: &Mailbox) -> Result<Letter, Failure> {
        let letters = letters(mailbox)?;
        let found = match self.number {
            Some(number) => letters.into_iter().find(|letter| letter.number == number),
            None => letters.into_iter().next_back(),
        };
        found.ok_or_else(|| {
            let what =
                self.number.map_or("there is no mail yet".to_owned(), |number| format!("there is no mail {number}"));
            Failure::new("mail-not-found", what).hint("`howdah mail` lists those that there are")
        })
    }
}

/// In UTC: `2026-06-30 12:00:00+00`.
fn when(letter: &Letter) -> String {
    Day::from_ymd(1970, 1, 1).at_utc(0).plus(i64::try_from(letter.sent_at).unwrap_or_default()).to_string()
}

fn list(letters: &[Letter], context: &Context) -> io::Result<()> {
    let mut listing = Listing::new(&["number", "time", "to", "subject", "code"])
        .or_say("No mail yet: `howdah dev` puts here what signing up and the like would send");
    for letter in letters {
        let Letter { number, to, subject, code, .. } = letter;
        let code = code.clone().unwrap_or_default();
        listing.row([number.to_string(), when(letter), to.clone(), subject.clone(), code]);
    }
    context.out.list("howdah.mail/1", &json!({ "letters": letters }), &listing)
}

fn show(letter: &Letter, context: &Context) -> io::Result<()> {
    context.out.data("howdah.mail.show/1", letter, |stdout| {
        writeln!(stdout, "To: {}\nDate: {}\nSubject: {}\n", letter.to, when(letter), letter.subject)?;
        stdout.write_all(letter.text.as_bytes())
    })
}

fn open(letter: &Letter, context: &Context) -> anyhow::Result<()> {
    let Some(link) = &letter.link else {
        return Err(Failure::new("mail-without-link", format!("mail {} has no link", letter.number)).into());
    };
    if context.out.is_for_eyes() {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let opened = Command::new(opener).arg(link).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        if opened.is_err() {
            context.out.say("No browser can be opened from here; this is where it leads:");
        }
    }
    let data = json!({ "number": letter.number, "link": link });
    context.out.data("howdah.mail.open/1", &data, |stdout| writeln!(stdout, "{link}"))?;
    Ok(())
}

/// Prints those that are there, then others as they come, for as long as nobody stops it.
async fn follow(mailbox: &Mailbox, context: &Context) -> anyhow::Result<()> {
    let mut seen = 0;
    loop {
        for letter in letters(mailbox)?.into_iter().filter(|letter| letter.number > seen).collect::<Vec<_>>() {
            seen = letter.number;
            if context.out.is_json() {
                context.out.record(&record(&letter)?)?;
            } else {
                context.out.data("", &(), |stdout| {
                    let code = letter.code.as_deref().unwrap_or_default();
                    writeln!(stdout, "{}\t{}\t{}\t{}\t{code}", letter.number, when(&letter), letter.to, letter.subject)
                })?;
            }
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

fn record(letter: &Letter) -> serde_json::Result<Value> {
    let mut record = serde_json::to_value(letter)?;
    record["schema"] = json!("howdah.mail/1");
    Ok(record)
}
