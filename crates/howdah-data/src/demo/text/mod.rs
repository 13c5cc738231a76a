//! Sentences from templates: `{key}` is replaced by a value of the caller, or by one of the phrases that [`phrases`] lists
//! under that key, which may hold keys themselves.

mod mail;
mod names;
mod notes;
mod phrases;
mod posts;

pub(crate) use mail::{MACHINE_MAIL, MAIL_TOPICS, MailTopic};
pub(crate) use names::{COMPANIES, CULTURES, Culture, JOBS, ascii};
pub(crate) use notes::NOTE_KINDS;
pub(crate) use posts::{COMMENTS, POSTS};

use crate::demo::rng::Rng;

/// Templates nest a few levels; a table that named itself would nest for ever.
const MAX_DEPTH: u32 = 6;

/// Expands a template. A key nobody knows stays as it is written, which a test would find.
pub(crate) fn expand(template: &str, rng: &mut Rng, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    expand_into(&mut out, template, rng, values, 0);
    out
}

fn expand_into(out: &mut String, template: &str, rng: &mut Rng, values: &[(&str, &str)], depth: u32) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((key, tail)) = after.split_once('}') else {
            out.push('{');
            out.push_str(after);
            return;
        };
        // A caret asks for a large first letter: phrases are written to stand in the middle of a sentence.
        let (key, is_first) = key.strip_prefix('^').map_or((key, false), |key| (key, true));
        let start = out.len();
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == key) {
            out.push_str(value);
        } else if let (Some(choices), true) = (phrases::of(key), depth < MAX_DEPTH) {
            let choice = *rng.pick(choices);
            expand_into(out, choice, rng, values, depth + 1);
        } else {
            out.push('{');
            out.push_str(key);
            out.push('}');
        }
        if is_first {
            let tail = capital(&out[start..]);
            out.truncate(start);
            out.push_str(&tail);
        }
        rest = tail;
    }
    out.push_str(rest);
}

/// A sentence with its first letter large: phrases are written to stand anywhere.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Sentences that can follow each other in any order.
const PROSE: &[&str] = &[
    "{subject} {claim}.",
    "Most people meet {subject} {adverb}, and stay for the company.",
    "When I asked around, the answer was always the same: it {claim}.",
    "I tried it {adverb} for a month; {weather}, and still it was {verdict}.",
    "The first attempt, at {place}, taught me more than {book}.",
    "Compare it with {other subject}, which {claim}.",
    "There is a table at the end with what it cost.",
    "None of this is new; what is new is that one can do it {adverb}.",
    "{friend} laughed, and then helped me to start again.",
    "I kept {part} in a drawer for a year before I understood it.",
    "You can do without {tool}, but not for long.",
    "On the way home, {route}, it made sense for the first time.",
    "The best advice came from {friend}: it {claim}, so take your time.",
    "I was wrong about {other subject} too, as it turned out.",
    "What helped was to do it {adverb}, one evening a week, with {side} on the table.",
    "If {weather}, begin indoors.",
];

/// A paragraph of prose about nothing in particular.
pub(crate) fn paragraph(rng: &mut Rng, values: &[(&str, &str)]) -> String {
    // Sentences are taken with a stride that is prime to their number: none comes twice in a paragraph.
    let first = rng.below(PROSE.len() as u64) as usize;
    let sentences: Vec<String> = (0..rng.range(3, 6) as usize)
        .map(|number| capital(&expand(PROSE[(first + number * 7) % PROSE.len()], rng, values)))
        .collect();
    sentences.join(" ")
}

/// Lower case, words joined by hyphens, ASCII only: for addresses and file names.
pub(crate) fn slug(text: &str) -> String {
    let plain = ascii(text).to_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::{MACHINE_MAIL, MAIL_TOPICS, NOTE_KINDS, Rng, capital, expand, phrases, posts, slug};

    #[test]
    fn every_key_of_every_template_is_known() {
        let values: Vec<(&str, &str)> = phrases::FROM_CALLERS.iter().map(|key| (*key, "x")).collect();
        let mut all: Vec<&str> = phrases::PHRASES.iter().flat_map(|(_, choices)| choices.iter().copied()).collect();
        for topic in MAIL_TOPICS {
            all.extend(topic.subjects.iter().chain(topic.opening).chain(topic.answers).chain(topic.closing));
        }
        for mail in MACHINE_MAIL {
            all.extend(mail.subjects.iter().chain(mail.bodies));
        }
        for kind in NOTE_KINDS {
            all.extend(kind.titles.iter().chain(kind.bodies).chain(kind.items));
        }
        all.extend(posts::POSTS.iter().chain(posts::COMMENTS).chain(super::PROSE));
        for (round, template) in all.iter().cycle().take(all.len() * 5).enumerate() {
            let text = expand(template, &mut Rng::keyed(1, "test", round as u64), &values);
            assert!(!text.contains(['{', '}']), "{template} became {text}");
        }
    }

    #[test]
    fn slugs_are_ascii() {
        assert_eq!(slug("Strøget, Ærø & Łódź!"), "stroget-aero-lodz");
        assert_eq!(capital("élan"), "Élan");
    }
}
