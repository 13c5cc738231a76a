//! A person's mailbox, mail by mail: conversations that hold together, and what machines send in between.

use super::super::rng::Rng;
use super::super::text::{COMPANIES, MACHINE_MAIL, MAIL_TOPICS, MailTopic, capital, slug};
use super::super::world::{Someone, World};
use super::contacts;
use crate::calendar::Moment;

/// One message, as far as the tables need it.
#[derive(Debug)]
pub(super) struct Email {
    pub(super) index: u64,
    pub(super) subject: String,
    pub(super) from: (String, String),
    pub(super) to: String,
    pub(super) cc: Option<String>,
    pub(super) sent_at: Moment,
    pub(super) is_sent: bool,
    pub(super) body: String,
    pub(super) thread: String,
    pub(super) message_id: String,
    pub(super) references: Vec<String>,
    pub(super) attachment: Option<String>,
    pub(super) label: &'static str,
    pub(super) is_machine: bool,
}

/// A conversation in the making.
struct Thread {
    number: u64,
    topic: &'static MailTopic,
    subject: String,
    /// Address, full name, given name of the other side.
    other: (String, String, String),
    cc: Option<String>,
    left: u64,
    is_my_turn: bool,
    about: Vec<(&'static str, String)>,
    at: Moment,
    last_at: Moment,
    last_body: String,
    references: Vec<String>,
}

/// What a conversation can be about; the same words in each of its mails.
const SUBJECTS: &[&str] =
    &["project", "trip", "book", "dish", "repair", "plant", "sport", "music", "place", "meal", "thing"];

/// All mail of one person in order of its threads; both tables read it.
pub(super) struct Mailbox<'w> {
    pub(super) world: &'w World,
    pub(super) someone: &'w Someone,
    index: u64,
    count: u64,
    threads: u64,
    open: Option<Thread>,
}

impl<'w> Mailbox<'w> {
    pub(super) fn new(world: &'w World, someone: &'w Someone) -> Self {
        Self { world, someone, index: 0, count: world.size("emails"), threads: 0, open: None }
    }

    fn message_id(&self, domain: &str) -> String {
        let mut rng = self.world.rng("message ids", self.someone, self.index);
        format!("{}.{}@{domain}", rng.hex(12), self.index)
    }

    fn machine(&self, rng: &mut Rng, at: Moment) -> Email {
        let mail = rng.pick(MACHINE_MAIL);
        let firm = *rng.pick(COMPANIES);
        let number = rng.digits(7);
        let amount = format!("{}.{:02} EUR", rng.range(9, 180), rng.range(0, 99));
        // A statement is about the month before.
        let (year, month, _) = at.day().plus(-at.day().ymd().2).ymd();
        let date = format!("{month:02}/{year:04}");
        let city = self.someone.home_city();
        let item = self.world.say("1 × {tool}, 2 × {ingredient}", rng, &[]);
        let when = self.world.say("{when}", rng, &[]);
        let hour = self.world.say("{hour}", rng, &[]);
        let values = [
            ("when", when.as_str()),
            ("hour", hour.as_str()),
            ("firm", firm),
            ("number", number.as_str()),
            ("amount", amount.as_str()),
            ("date", date.as_str()),
            ("city", city.name),
            ("street", city.streets[0].name),
            ("item", item.as_str()),
        ];
        let subject = capital(&self.world.say_one(mail.subjects, rng, &values));
        let body = self.world.say_one(mail.bodies, rng, &values);
        let message_id = self.message_id(mail.from.rsplit('@').next().unwrap_or("example.com"));
        Email {
            index: self.index,
            subject,
            from: (mail.from.to_owned(), self.world.say(mail.from_name, rng, &values)),
            to: self.someone.email.to_owned(),
            cc: None,
            sent_at: at,
            is_sent: false,
            body,
            thread: message_id.clone(),
            message_id,
            references: Vec::new(),
            attachment: mail.attachment.map(ToOwned::to_owned),
            label: mail.label,
            is_machine: true,
        }
    }

    fn open_thread(&self, rng: &mut Rng, at: Moment) -> Thread {
        // The first one has an attachment, so that even the smallest set shows one.
        let family = MAIL_TOPICS.iter().find(|topic| topic.label == "family").filter(|_| self.threads == 0);
        let topic = family.unwrap_or_else(|| rng.pick(MAIL_TOPICS));
        let size = self.world.size("contacts").max(1);
        let number = if self.threads == 0 { 0 } else { rng.below(size) };
        let contact = contacts::contact(self.world, self.someone, number);
        let given = if contact.is_org { contact.display_name.clone() } else { contact.given.clone() };
        let mut other = (contact.email, contact.display_name, given);
        if topic.label == "home" {
            // Repairs are the landlord's business.
            let landlord = self.someone.landlord;
            other = (format!("office@{}.example.com", slug(landlord)), landlord.to_owned(), landlord.to_owned());
        }
        // What the conversation is about stays the same from mail to mail.
        let about: Vec<(&'static str, String)> =
            SUBJECTS.iter().map(|key| (*key, self.world.say(&format!("{{{key}}}"), rng, &[]))).collect();
        let mut values: Vec<(&str, &str)> = about.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let city = self.someone.home_city();
        values.extend([("street", city.streets[0].name), ("city", city.name)]);
        let subject = capital(&self.world.say_one(topic.subjects, rng, &values));
        let cc = rng.chance(150).then(|| contacts::contact(self.world, self.someone, rng.below(size)).email);
        Thread {
            number: self.threads,
            topic,
            subject,
            cc: cc.filter(|cc| *cc != other.0),
            other,
            about,
            left: *rng.weighted(&[(2, 1), (3, 2), (4, 3), (3, 4), (2, 5), (1, 7), (1, 9)]),
            is_my_turn: rng.chance(500),
            at,
            last_at: at,
            last_body: String::new(),
            references: Vec::new(),
        }
    }

    /// The next message of a conversation.
    fn say(&self, thread: &mut Thread, rng: &mut Rng) -> Email {
        let is_first = thread.references.is_empty();
        let is_last = thread.left <= 1 && !is_first;
        // Answers are taken in turn, so that nobody says the same thing twice in a conversation of usual length.
        let answers = thread.topic.answers;
        let turn = (thread.number as usize + thread.references.len()) % answers.len();
        let templates = match (is_first, is_last) {
            (true, _) => thread.topic.opening,
            (_, true) => thread.topic.closing,
            _ => &answers[turn..=turn],
        };
        let (me, you) = if thread.is_my_turn {
            (self.someone.given, thread.other.2.as_str())
        } else {
            (thread.other.2.as_str(), self.someone.given)
        };
        let city = self.someone.home_city();
        let mut values = vec![("me", me), ("you", you), ("city", city.name), ("street", city.streets[0].name)];
        values.extend(thread.about.iter().map(|(key, value)| (*key, value.as_str())));
        let shape = if is_first || rng.chance(500) { "{hello}" } else { "{you}," };
        let mut body = self.world.say(shape, rng, &values);
        body.push_str("\n\n");
        body.push_str(&capital(&self.world.say_one(templates, rng, &values)));
        if rng.chance(350) {
            body.push_str("\n\n");
            body.push_str(&self.world.say("{small}", rng, &values));
        }
        body.push_str("\n\n");
        body.push_str(&self.world.say("{bye}", rng, &values));
        let new_part = body.clone();
        if !is_first && rng.chance(600) {
            let writer = if thread.is_my_turn { &thread.other.1 } else { self.someone.display_name };
            body.push_str(&format!("\n\nOn {} {writer} wrote:\n", thread.last_at.day()));
            for line in thread.last_body.lines() {
                body.push_str("> ");
                body.push_str(line);
                body.push('\n');
            }
        }
        let mine = (self.someone.email.to_owned(), self.someone.display_name.to_owned());
        let theirs = (thread.other.0.clone(), thread.other.1.clone());
        let (from, to) = if thread.is_my_turn { (mine, theirs.0) } else { (theirs, mine.0) };
        let message_id = self.message_id(from.0.rsplit('@').next().unwrap_or("example.com"));
        let email = Email {
            index: self.index,
            subject: if is_first { thread.subject.clone() } else { format!("Re: {}", thread.subject) },
            from,
            to,
            cc: thread.cc.clone(),
            sent_at: thread.at,
            is_sent: thread.is_my_turn,
            body,
            thread: format!("{}-{}", self.someone.key, thread.number),
            message_id: message_id.clone(),
            references: thread.references.clone(),
            attachment: thread
                .topic
                .attachment
                .filter(|_| is_first || is_last && rng.chance(400))
                .map(|name| format!("{}-{name}", slug(&thread.subject))),
            label: thread.topic.label,
            is_machine: false,
        };
        thread.references.push(message_id);
        thread.last_body = new_part;
        thread.last_at = thread.at;
        thread.left -= 1;
        thread.is_my_turn = !thread.is_my_turn;
        email
    }
}

impl Iterator for Mailbox<'_> {
    type Item = Email;

    fn next(&mut self) -> Option<Email> {
        if self.index >= self.count {
            return None;
        }
        let mut rng = self.world.rng("emails", self.someone, self.index);
        if let Some(thread) = &mut self.open {
            let at = thread.at.plus(rng.range(900, 160_000));
            // Nobody answers in the small hours.
            let hour = at.seconds().rem_euclid(86_400) / 3_600;
            thread.at = if hour < 6 { at.plus((6 - hour) * 3_600) } else { at };
        }
        // An answer that would come after now has not been written yet.
        let is_over = self.open.as_ref().is_none_or(|thread| thread.left == 0 || thread.at >= self.world.now());
        let email = if is_over {
            self.open = None;
            let day = self.world.day(self.index, self.count);
            let at = self.world.awake(self.someone, day, &mut rng, 6, 23);
            if self.index > 0 && rng.chance(380) {
                self.machine(&mut rng, at)
            } else {
                let mut thread = self.open_thread(&mut rng, at);
                self.threads += 1;
                let email = self.say(&mut thread, &mut rng);
                self.open = Some(thread);
                email
            }
        } else {
            let mut thread = self.open.take()?;
            let email = self.say(&mut thread, &mut rng);
            self.open = Some(thread);
            email
        };
        self.index += 1;
        Some(email)
    }
}
