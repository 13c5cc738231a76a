//! The mailbox of development: mails as files in a folder, instead of being sent.
//!
//! They are files and no table because they are no part of what a server remembers: they are for whoever sits before the
//! machine, survive the development database being made anew, can be read while it is stopped, and a database that goes to
//! production has nowhere to keep a token in clear. The folder is private to the user; the latest [`KEPT`] stay.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use howdah_http::unix_now;
use serde::{Deserialize, Serialize};

use super::message::Message;

/// Older ones are deleted.
const KEPT: usize = 200;
/// Others that write at once take a number first; so many times is enough.
const TRIES: u64 = 1000;

/// The mailbox cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the local mailbox {}: {source}", folder.display())]
pub struct MailboxError {
    folder: PathBuf,
    source: io::Error,
}

/// A mail that was not sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Letter {
    /// Counts from 1.
    pub number: u64,
    /// In seconds since 1970.
    pub sent_at: u64,
    /// The address it would have gone to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// What its link leads to, if it has one with a token.
    pub link: Option<String>,
    /// The code to type, if it has one.
    pub code: Option<String>,
}

/// A folder of mails. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Mailbox {
    folder: PathBuf,
}

impl Mailbox {
    /// The mailbox in a folder, which is made when the first mail comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// All mails, the oldest first. Blocks; what is no mail of ours is passed over.
    ///
    /// # Errors
    /// The folder cannot be read. One that is not there is empty.
    pub fn letters(&self) -> Result<Vec<Letter>, MailboxError> {
        let numbers = self.numbers().map_err(|source| self.error(source))?;
        Ok(numbers.into_iter().filter_map(|number| self.read(number)).collect())
    }

    /// One mail; `None` if there is none of that number. Blocks.
    pub fn letter(&self, number: u64) -> Option<Letter> {
        self.read(number)
    }

    /// Puts a message into it.
    pub(super) async fn put(&self, message: &Message) -> Result<(), MailboxError> {
        let (this, message) = (self.clone(), message.clone());
        let written = tokio::task::spawn_blocking(move || this.write(message)).await;
        written.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(|source| self.error(source))
    }

    fn error(&self, source: io::Error) -> MailboxError {
        MailboxError { folder: self.folder.clone(), source }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}.json"))
    }

    fn read(&self, number: u64) -> Option<Letter> {
        serde_json::from_slice(&fs::read(self.path(number)).ok()?).ok()
    }

    fn numbers(&self) -> io::Result<Vec<u64>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let path = Path::new(&name);
            if path.extension().is_some_and(|extension| extension == "json") {
                numbers
                    .extend(path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse::<u64>().ok()));
            }
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn write(&self, message: Message) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let numbers = self.numbers()?;
        let first = numbers.last().map_or(1, |last| last + 1);
        let Message { to, subject, text, html, link, code } = message;
        let mut letter = Letter { number: first, sent_at: unix_now(), to, subject, text, html, link, code };
        // Whole or not at all: written under another name, and then linked under a number that nobody else has.
        let draft = self.folder.join(format!("{}.draft", uuid::Uuid::new_v4()));
        let placed = (first..first + TRIES).find_map(|number| {
            letter.number = number;
            match self.place(&draft, &letter) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
                placed => Some(placed),
            }
        });
        let removed = fs::remove_file(&draft);
        placed.unwrap_or_else(|| Err(io::ErrorKind::AlreadyExists.into()))?;
        removed?;
        for old in numbers.iter().rev().skip(KEPT - 1) {
            let _ = fs::remove_file(self.path(*old));
        }
        Ok(())
    }

    fn place(&self, draft: &Path, letter: &Letter) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
        file.write_all(&serde_json::to_vec_pretty(letter)?)?;
        fs::hard_link(draft, self.path(letter.number))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn message(subject: &str) -> Message {
        Message {
            to: "ada@example.org".to_owned(),
            subject: subject.to_owned(),
            text: "text".to_owned(),
            html: "<p>".to_owned(),
            link: None,
            code: Some("012345".to_owned()),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn letters_are_numbered_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::new(folder.path().join("mail"));
        assert!(mailbox.letters().unwrap().is_empty());
        let puts: Vec<_> = (0..20)
            .map(|n| {
                let mailbox = mailbox.clone();
                tokio::spawn(async move { mailbox.put(&message(&n.to_string())).await })
            })
            .collect();
        for put in puts {
            put.await.unwrap().unwrap();
        }
        let letters = mailbox.letters().unwrap();
        assert_eq!(letters.iter().map(|letter| letter.number).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
        assert_eq!(mailbox.letter(7).unwrap().code.as_deref(), Some("012345"));
        assert!(mailbox.letter(21).is_none());
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path().join("mail")), mode(mailbox.path(1))), (0o700, 0o600));
    }

    #[test]
    fn the_latest_stay() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::new(folder.path());
        for n in 0..KEPT + 3 {
            mailbox.write(message(&n.to_string())).unwrap();
        }
        let letters = mailbox.letters().unwrap();
        assert_eq!((letters.len(), letters[0].number), (KEPT, 4));
    }
}
