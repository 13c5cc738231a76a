//! How the server sends mail: over SMTP, in development into a folder, or not at all.

use std::path::PathBuf;

use howdah_auth::Accounts;
use howdah_auth::mail::{MailOptions, Mailbox, Post, Smtp, SmtpOptions, Transport};

use super::settings::Settings;
use crate::failure::Failure;
use crate::secrets;

/// What the settings say of mail.
#[derive(Debug, Clone)]
pub(super) struct MailSettings {
    /// What the application is called.
    pub(super) name: String,
    /// Who mails come from.
    pub(super) from: Option<String>,
    pub(super) allow_plain: bool,
    pub(super) ca_file: Option<PathBuf>,
}

/// The mailer of `accounts`; none where no mail can be sent.
///
/// # Errors
/// A setting is wrong.
pub(super) fn post(settings: &Settings, accounts: &Accounts) -> Result<Option<Post>, Failure> {
    let Some(transport) = transport(settings)? else {
        if settings.auth.signup && settings.auth.confirm_email {
            tracing::warn!(
                "{} is not set, so no mail can be sent and nobody can sign up: set it, or auth.confirm_email = false",
                secrets::SMTP
            );
        }
        return Ok(None);
    };
    if settings.auth.external_url.is_none() && settings.mailbox.is_none() {
        tracing::warn!("auth.external_url is not set: links in mails lead to where this server listens");
    }
    let options = MailOptions { name: settings.mail.name.clone(), ..MailOptions::default() };
    Ok(Some(Post::new(accounts, transport, options)))
}

fn transport(settings: &Settings) -> Result<Option<Transport>, Failure> {
    if let Some(folder) = &settings.mailbox {
        // Nothing leaves a development machine, whatever the environment says.
        return Ok(Some(Transport::Mailbox(Mailbox::new(folder))));
    }
    let Some(url) = &settings.secrets.smtp else { return Ok(None) };
    let Some(from) = settings.mail.from.clone() else {
        let message = format!("{} is set, and auth.mail_from is not: mails have to come from somebody", secrets::SMTP);
        return Err(Failure::usage("mail-setting", message).hint("set auth.mail_from, such as noreply@example.org"));
    };
    if settings.mail.name.chars().any(char::is_control) {
        return Err(Failure::usage("mail-setting", "auth.mail_name holds a control character"));
    }
    let roots = match &settings.mail.ca_file {
        None => None,
        Some(file) => Some(std::fs::read(file).map_err(|error| {
            Failure::usage("mail-setting", format!("auth.mail_ca_file: {} cannot be read", file.display())).cause(error)
        })?),
    };
    let options = SmtpOptions { from, allow_plain: settings.mail.allow_plain, roots };
    let smtp = Smtp::new(url.expose(), &options).map_err(|error| Failure::usage("mail-setting", error.to_string()))?;
    Ok(Some(Transport::Smtp(smtp)))
}
