//! The walk itself.

use std::collections::{BTreeSet, HashSet};

use tokio_postgres::Client;

use super::super::AuditError;
use super::super::checkpoint::{CHECKPOINTS, Checkpoint};
use super::super::digest::BEGINNING;
use super::super::event::{Key, Payload, WithPayload};
use super::super::seal::Head;
use super::dropped::{self, Month};
use super::pages::{self, Events, Seal};
use super::{Finding, Problem, REDACTIONS, Report, VerifyOptions, signature};

/// So many events that were looked up out of turn are remembered, so that they are not reported twice.
const REMEMBERED: usize = 100_000;
/// So many events are searched for in the whole trail, which has no index of ids alone. It only makes a finding's words better: one
/// that is not searched for is called missing here, and slipped in where it is.
const SEARCHES: u32 = 100;

/// A place in the walk.
pub(super) struct Walk<'a> {
    client: &'a Client,
    options: &'a VerifyOptions,
    events: Events,
    months: Vec<Month>,
    /// The digest that the next seal follows; `None` behind a gap.
    previous: Option<Vec<u8>>,
    number: i64,
    key: Key,
    checkpoint: i64,
    /// Events that have been spoken of before their turn.
    spoken_of: HashSet<i64>,
    searches: u32,
    /// Of the page under way: events without a payload, with their seals.
    redacted: Vec<(i64, WithPayload)>,
    /// Of the page under way.
    found: Vec<Finding>,
    report: Report,
}

impl<'a> Walk<'a> {
    /// Before the first seal. `end` is the last one.
    pub(super) async fn begin(client: &'a Client, options: &'a VerifyOptions, end: Head) -> Result<Self, AuditError> {
        let mut walk = Self {
            client,
            options,
            events: Events::until(end),
            months: Vec::new(),
            previous: Some(BEGINNING.to_vec()),
            number: 0,
            key: (0, 0),
            checkpoint: 0,
            spoken_of: HashSet::new(),
            searches: 0,
            redacted: Vec::new(),
            found: Vec::new(),
            report: Report { signatures: options.trusted.is_some(), ..Report::default() },
        };
        walk.read_months().await?;
        Ok(walk)
    }

    /// Statements that do not hold explain nothing.
    async fn read_months(&mut self) -> Result<(), AuditError> {
        for statement in dropped::statements(self.client).await? {
            let (name, last) = (&statement.partition_name, statement.last_sequence_number);
            let trusted = self.options.trusted.as_ref();
            let wrong = signature(trusted, &statement.key_name, &statement.message(), &statement.signature);
            match wrong {
                Some((is_unknown, what)) => {
                    let problem = if is_unknown { Problem::UnknownKey } else { Problem::DroppedChanged };
                    let message = format!("the statement that audit.{name} was dropped {what}");
                    self.find(problem, last, None, message);
                }
                None if !statement.is_untouched => {
                    let message =
                        format!("the statement that audit.{name} was dropped has another updated_at than created_at");
                    self.find(Problem::DroppedChanged, last, None, message);
                }
                None => self.months.push(Month::new(statement)),
            }
        }
        self.end_of_page();
        Ok(())
    }

    fn find(&mut self, problem: Problem, number: i64, event_id: Option<i64>, message: String) {
        self.report.found += 1;
        if self.found.len() < self.options.limit.max(1) {
            self.found.push(Finding { problem, sequence_number: number, event_id, message });
        }
    }

    /// In the order of the chain, as far as there is room.
    fn end_of_page(&mut self) {
        self.found.sort_by_key(|finding| finding.sequence_number);
        self.report.findings.append(&mut self.found);
        self.report.findings.truncate(self.options.limit.max(1));
    }

    /// The seals from one number (exclusive) to another.
    pub(super) async fn page(&mut self, seals: &[Seal], after: i64, until: i64) -> Result<(), AuditError> {
        let rows = self.client.query(CHECKPOINTS, &[&after, &until]).await?;
        let mut checkpoints = rows.iter().map(Checkpoint::read).peekable();
        for seal in seals {
            self.seal(seal).await?;
            while let Some(checkpoint) = checkpoints.next_if(|next| next.sequence_number <= seal.sequence_number) {
                self.checkpoint(&checkpoint, seal);
            }
        }
        self.redactions().await?;
        self.end_of_page();
        Ok(())
    }

    async fn seal(&mut self, seal: &Seal) -> Result<(), AuditError> {
        let number = seal.sequence_number;
        self.report.seals += 1;
        if number != self.number + 1 {
            let message = match number - self.number {
                2 => format!("seal {} is missing", number - 1),
                _ => format!("the seals {} to {} are missing", self.number + 1, number - 1),
            };
            self.find(Problem::SealMissing, self.number + 1, None, message);
            self.previous = None;
        }
        let follows = self.previous.as_ref().is_none_or(|previous| seal.follows(previous));
        if !follows {
            let message = format!("seal {number}, of event {}, is not what follows the seals before it", seal.event_id);
            self.find(Problem::SealChanged, number, Some(seal.event_id), message);
        } else if !seal.is_untouched {
            let message = format!("seal {number} has another updated_at than created_at, and seals never change");
            self.find(Problem::SealChanged, number, Some(seal.event_id), message);
        }
        self.previous = Some(seal.chain_sha256.clone());
        self.number = number;
        // What a changed seal says of its event leads nowhere: the event is looked up, and its turn comes later.
        if !follows {
            return self.out_of_turn(seal, true).await;
        }
        if seal.key() <= self.key {
            let message =
                format!("seal {number}, of event {}, stands behind seals of later transactions", seal.event_id);
            self.find(Problem::OutOfOrder, number, Some(seal.event_id), message);
            return self.out_of_turn(seal, false).await;
        }
        self.key = seal.key();
        self.event_of(seal).await
    }

    /// The event of a seal, in its turn.
    async fn event_of(&mut self, seal: &Seal) -> Result<(), AuditError> {
        loop {
            let order = self.events.peek(self.client).await?.map(|event| event.event.key().cmp(&seal.key()));
            match order {
                Some(std::cmp::Ordering::Less) => self.unsealed(seal.sequence_number).await?,
                Some(std::cmp::Ordering::Equal) => {
                    if let Some(event) = self.events.take() {
                        self.compare(seal, event);
                    }
                    return Ok(());
                }
                Some(std::cmp::Ordering::Greater) | None => return self.missing(seal).await,
            }
        }
    }

    /// An event that stands where no seal of its own is.
    async fn unsealed(&mut self, number: i64) -> Result<(), AuditError> {
        let Some(event) = self.events.take() else { return Ok(()) };
        let id = event.event.id();
        if self.spoken_of.remove(&id) {
            return Ok(());
        }
        let message = format!(
            "event {id} has no seal, though events after it are sealed: it was slipped in, or moved, or its seal was taken out"
        );
        self.find(Problem::EventInserted, number, Some(id), message);
        Ok(())
    }

    /// A seal without an event in its place.
    async fn missing(&mut self, seal: &Seal) -> Result<(), AuditError> {
        let (number, id) = (seal.sequence_number, seal.event_id);
        if self.months.iter_mut().any(|month| month.explains(seal)) {
            self.report.dropped += 1;
            return Ok(());
        }
        if let Some(event) = self.search(id).await? {
            self.speak_of(id);
            // What it says of its place or, where the end of the chain is not what it was, all of it may be right.
            self.compare(seal, event);
            return Ok(());
        }
        let message = format!("event {id}, of seal {number}, is missing, and no dropped month explains it");
        self.find(Problem::EventMissing, number, Some(id), message);
        Ok(())
    }

    /// The event of a seal that stands elsewhere than it should.
    async fn out_of_turn(&mut self, seal: &Seal, is_changed: bool) -> Result<(), AuditError> {
        let in_place = pages::event_in_place(self.client, seal).await?;
        let found = if in_place.is_none() { self.search(seal.event_id).await? } else { in_place };
        let Some(event) = found else {
            if !is_changed {
                return self.missing(seal).await;
            }
            return Ok(());
        };
        let is_to_come = event.event.key() > self.key;
        if is_to_come || is_changed {
            self.speak_of(seal.event_id);
        }
        if !is_changed && event.event.sha256() != *seal.event_sha256 {
            let message = self.difference(seal, &event);
            self.find(Problem::EventChanged, seal.sequence_number, Some(seal.event_id), message);
        }
        Ok(())
    }

    async fn search(&mut self, id: i64) -> Result<Option<WithPayload>, AuditError> {
        if self.searches == SEARCHES {
            return Ok(None);
        }
        self.searches += 1;
        pages::event_by_id(self.client, id).await
    }

    fn speak_of(&mut self, id: i64) {
        if self.spoken_of.len() < REMEMBERED {
            self.spoken_of.insert(id);
        }
    }

    /// An event in its place, against its seal.
    fn compare(&mut self, seal: &Seal, event: WithPayload) {
        let (number, id) = (seal.sequence_number, seal.event_id);
        if event.event.sha256() != *seal.event_sha256 {
            let message = self.difference(seal, &event);
            self.find(Problem::EventChanged, number, Some(id), message);
            return;
        }
        match event.payload(seal.payload_sha256.as_deref()) {
            Payload::Changed => {
                let message = format!(
                    "before, after, ip or salt of event {id} are not those that the payload_sha256 of seal {number} was made of"
                );
                self.find(Problem::PayloadChanged, number, Some(id), message);
            }
            Payload::Redacted => self.redacted.push((number, event)),
            Payload::Whole if event.updated_at != event.event.created_at() => {
                let message = format!(
                    "event {id} (seal {number}) has another updated_at than created_at, though nothing was taken out"
                );
                self.find(Problem::EventChanged, number, Some(id), message);
            }
            Payload::Whole => self.report.events += 1,
        }
    }

    /// What differs between an event and its seal, in words.
    fn difference(&self, seal: &Seal, event: &WithPayload) -> String {
        let (number, id) = (seal.sequence_number, seal.event_id);
        let event = &event.event;
        if event.xid() != seal.event_xid {
            return format!(
                "event {id} (seal {number}) has the xid {}, and {} was sealed",
                event.xid(),
                seal.event_xid
            );
        }
        if event.created_at() != seal.event_created_at {
            let (now, then) = (event.created_at(), &seal.event_created_at);
            return format!(
                "event {id} (seal {number}) has the created_at {now}, and {then} was sealed (microseconds)"
            );
        }
        format!("a column of event {id} (seal {number}) other than its payload is not what was sealed")
    }

    /// Events without a payload, against the events of their redaction.
    async fn redactions(&mut self) -> Result<(), AuditError> {
        let redacted = std::mem::take(&mut self.redacted);
        if redacted.is_empty() {
            return Ok(());
        }
        let people: BTreeSet<&str> = redacted.iter().flat_map(|(_, event)| event.event.people()).collect();
        let people: Vec<&str> = people.into_iter().collect();
        let rows = self.client.query(REDACTIONS, &[&people]).await?;
        let known: HashSet<(&str, &str)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        for (number, event) in &redacted {
            if event.event.people().any(|person| known.contains(&(person, event.updated_at.as_str()))) {
                self.report.events += 1;
                self.report.redacted += 1;
                continue;
            }
            let id = event.event.id();
            let message = format!(
                "the payload of event {id} (seal {number}) was taken out, and no redaction at its updated_at was recorded"
            );
            self.find(Problem::PayloadRemoved, *number, Some(id), message);
        }
        Ok(())
    }

    /// A checkpoint, against the seal at its number or the next that is there.
    fn checkpoint(&mut self, checkpoint: &Checkpoint, seal: &Seal) {
        let number = checkpoint.sequence_number;
        let called = format!("the checkpoint at seal {number}");
        let before = std::mem::replace(&mut self.checkpoint, number);
        let trusted = self.options.trusted.as_ref();
        let wrong = signature(trusted, &checkpoint.key_name, &checkpoint.message(), &checkpoint.signature);
        if let Some((is_unknown, what)) = wrong {
            let problem = if is_unknown { Problem::UnknownKey } else { Problem::CheckpointChanged };
            return self.find(problem, number, None, format!("{called} {what}"));
        }
        let previous = checkpoint.previous_number;
        // Two keys may have signed at one number.
        if previous != before && before != number {
            let (problem, message) = if previous > before {
                (Problem::CheckpointMissing, format!("{called} follows one at seal {previous}, which is missing"))
            } else {
                let message =
                    format!("{called} follows one at seal {previous}, and one at seal {before} stands between");
                (Problem::CheckpointChanged, message)
            };
            return self.find(problem, number, None, message);
        }
        if seal.sequence_number == number && seal.chain_sha256 != checkpoint.chain_sha256 {
            let message = format!("{called} was signed for another chain than the one that is there");
            return self.find(Problem::ChainReplaced, number, None, message);
        }
        let is_anchored = checkpoint.anchor.is_some() || checkpoint.anchored_at.is_some();
        let touched = checkpoint.anchored_at.as_ref().unwrap_or(&checkpoint.created_at);
        if *touched != checkpoint.updated_at {
            let message = format!("{called} has an updated_at at which nothing about it changed");
            return self.find(Problem::CheckpointChanged, number, None, message);
        }
        if is_anchored {
            let is_signed = match (checkpoint.anchor_message(), trusted) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some((message, signature)), Some(trusted)) => {
                    trusted.find(&checkpoint.key_name).is_some_and(|key| key.verifies(&message, &signature))
                }
            };
            if !is_signed {
                let message = format!("the anchor of {called} is not signed by the checkpoint's key");
                return self.find(Problem::AnchorChanged, number, None, message);
            }
        }
        self.report.checkpoints += 1;
    }

    /// Behind the last seal, which had that number.
    pub(super) async fn end(mut self, last: i64) -> Result<Report, AuditError> {
        while self.events.peek(self.client).await?.is_some() {
            self.unsealed(last).await?;
        }
        let rows = self.client.query(CHECKPOINTS, &[&last, &i64::MAX]).await?;
        for checkpoint in rows.iter().map(Checkpoint::read).filter(|checkpoint| !checkpoint.has_seal) {
            let number = checkpoint.sequence_number;
            let message = format!("a checkpoint vouches for seal {number}, and the chain ends at {last}");
            self.find(Problem::TailMissing, number, None, message);
        }
        for month in std::mem::take(&mut self.months) {
            let number = month.statement.last_sequence_number;
            if let Err(message) = month.check() {
                self.find(Problem::DroppedChanged, number, None, message);
            }
        }
        self.end_of_page();
        Ok(self.report)
    }
}
