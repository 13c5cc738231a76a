//! The texts of mails: plain, and the same as HTML.
//!
//! What a text holds of somebody's choosing is an address and nothing else: a name or a text of the person's own would let
//! a stranger send mails of their wording in our name.

use std::fmt::Write;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::mailer::Occasion;

/// A mail on its way. Holds secrets, so it does not print.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) link: Option<String>,
    pub(crate) code: Option<String>,
}

/// What all texts share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a> {
    /// What the application is called.
    pub(super) name: &'a str,
    /// How long links and codes are good for.
    pub(super) minutes: u64,
}

/// What a link leads to.
pub(crate) fn link(base: &str, token: &str, kind: &str, redirect_to: &str) -> String {
    let redirect_to = utf8_percent_encode(redirect_to, NON_ALPHANUMERIC);
    format!("{base}/auth/v1/verify?token={token}&type={kind}&redirect_to={redirect_to}")
}

struct Wording {
    subject: &'static str,
    what: &'static str,
    button: &'static str,
    unasked: &'static str,
}

fn wording(occasion: Occasion) -> Wording {
    let ignore = "If you did not ask for this, ignore this mail: nothing happens.";
    match occasion {
        Occasion::ConfirmSignup => Wording {
            subject: "Confirm your address",
            what: "Somebody, most likely you, has signed up with this address. Confirm that it is yours.",
            button: "Confirm this address",
            unasked: "If it was not you, ignore this mail: the account cannot be used without it.",
        },
        Occasion::AlreadySignedUp => Wording {
            subject: "You have an account already",
            what: "Somebody, most likely you, wanted to sign up with this address. It has an account already: sign in, or \
                   have the password reset if you have forgotten it.",
            button: "Go there",
            unasked: "If it was not you, ignore this mail: nothing about your account has changed.",
        },
        Occasion::PasswordContested => Wording {
            subject: "Set a password",
            what: "You have confirmed this address. Before that, somebody had signed up with it more than once and with \
                   different passwords. None of them was kept, because not all need have been yours. Set one now.",
            button: "Set a password",
            unasked: "Until you do, nobody can sign in to your account with a password.",
        },
        Occasion::Recovery => Wording {
            subject: "Set a new password",
            what: "Somebody, most likely you, wants to set a new password for the account with this address.",
            button: "Set a new password",
            unasked: ignore,
        },
        Occasion::MagicLink => Wording {
            subject: "Sign in",
            what: "Somebody, most likely you, wants to sign in with this address.",
            button: "Sign in",
            unasked: ignore,
        },
        Occasion::EmailChange => Wording {
            subject: "Confirm the change of your address",
            what: "The address of an account is to be changed to the one below. Confirm the change.",
            button: "Confirm the change",
            unasked: "If it was not you, do not confirm it, and change your password.",
        },
        Occasion::Invite => Wording {
            subject: "You are invited",
            what: "An account has been made for this address. Accept the invitation to use it.",
            button: "Accept the invitation",
            unasked: "If you do not want it, ignore this mail.",
        },
        Occasion::Reauthentication => Wording {
            subject: "Confirm that it is you",
            what: "A change to your account needs the code below.",
            button: "",
            unasked: "If it was not you, tell nobody the code, and change your password.",
        },
        Occasion::PasswordChanged => Wording {
            subject: "Your password was changed",
            what: "The password of the account with this address was changed, and all its other sessions were ended.",
            button: "Go there",
            unasked: "If it was not you, have the password reset at once.",
        },
    }
}

impl Texts<'_> {
    /// The message to `to`. `about` is the address that is to be proven, `site` where mails lead that have no link of
    /// their own.
    pub(super) fn message(
        self,
        occasion: Occasion,
        to: String,
        link: Option<String>,
        code: Option<&str>,
        about: &str,
        site: &str,
    ) -> Message {
        let words = wording(occasion);
        let lifetime = match self.minutes {
            0 | 1 => "a minute".to_owned(),
            minutes if minutes % 60 == 0 && minutes > 60 => format!("{} hours", minutes / 60),
            60 => "an hour".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        let has_token = code.is_some();
        let shown_link = link.as_deref().or_else(|| (!has_token).then_some(site));
        let mut text = format!("{}\n", words.what);
        let mut html = format!("<p>{}</p>\n", escaped(words.what));
        // Writing to a String cannot fail.
        if occasion == Occasion::EmailChange {
            let _ = write!(text, "\nNew address: {about}\n");
            let _ = writeln!(html, "<p>New address: {}</p>", escaped(about));
        }
        if let Some(link) = shown_link {
            let _ = write!(text, "\n{}:\n{link}\n", words.button);
            let _ = writeln!(html, "<p><a href=\"{}\">{}</a></p>", escaped(link), escaped(words.button));
        }
        if let Some(code) = code {
            let or = if link.is_some() { "Or type this code" } else { "The code" };
            let _ = write!(text, "\n{or}: {code}\n\nGood for {lifetime}, and once.\n");
            let _ = writeln!(html, "<p>{or}: <strong>{code}</strong></p>\n<p>Good for {lifetime}, and once.</p>");
        }
        let _ = write!(text, "\n{}\n\n{}\n", words.unasked, self.name);
        let _ = writeln!(html, "<p>{}</p>\n<p>{}</p>", escaped(words.unasked), escaped(self.name));
        let html = format!("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><body>\n{html}</body></html>\n");
        let subject = format!("{}: {}", self.name, words.subject);
        Message { to, subject, text, html, link, code: code.map(str::to_owned) }
    }
}

/// As text or in an attribute of HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: Texts<'_> = Texts { name: "Tom & Jerry <x>", minutes: 60 };

    #[test]
    fn links_hold_what_they_are_given() {
        let link = link("https://a.test", "T0ken", "signup", "https://app.test/x?y=1&type=recovery#z");
        let url = url::Url::parse(&link).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let redirect = pair("redirect_to", "https://app.test/x?y=1&type=recovery#z");
        assert_eq!(pairs, [pair("token", "T0ken"), pair("type", "signup"), redirect]);
    }

    #[test]
    fn both_forms_say_the_same_and_html_is_escaped() {
        let link = "https://a.test/?a=1&b=\"2\"".to_owned();
        let to = "ada@example.org".to_owned();
        let message =
            TEXTS.message(Occasion::EmailChange, to, Some(link), Some("012345"), "a&b@example.org", "https://s");
        assert_eq!(message.subject, "Tom & Jerry <x>: Confirm the change of your address");
        for said in ["012345", "https://a.test/?a=1&b=\"2\"", "a&b@example.org", "an hour"] {
            assert!(message.text.contains(said), "{said} in {}", message.text);
            assert!(message.html.contains(&escaped(said)), "{said} in {}", message.html);
        }
        assert!(!message.html.contains("Jerry <x>") && message.html.contains("Tom &amp; Jerry &lt;x&gt;"));
    }

    #[test]
    fn mails_without_a_token_lead_to_the_site() {
        let message =
            TEXTS.message(Occasion::PasswordChanged, "a@b".to_owned(), None, None, "a@b", "https://site.test");
        assert!(message.text.contains("https://site.test") && !message.text.contains("Good for"), "{}", message.text);
        let message =
            TEXTS.message(Occasion::Reauthentication, "a@b".to_owned(), None, Some("1"), "a@b", "https://site.test");
        assert!(!message.text.contains("https://"), "{}", message.text);
    }
}
