//! What an operator decides about accounts: `[auth]` in `howdah.toml`.

use std::time::Duration;

/// How accounts and sessions behave. Made of the settings by the binary; never changes while it serves.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are settings, each on or off")]
pub struct AuthOptions {
    /// Whether strangers may make themselves an account. `auth.signup`
    pub signup: bool,
    /// Whether somebody may have an account without saying who they are. `auth.anonymous_sign_in`
    pub anonymous_sign_in: bool,
    /// Whether an address must be proven by mail before its account can be used. Without it signing up tells whether an
    /// address has an account: there is no other answer to give. `auth.confirm_email`
    pub confirm_email: bool,
    /// Where people are sent after following a link of a mail, if the request does not say. `auth.site_url`
    pub site_url: String,
    /// Where a request may have people sent: exact URLs, or ones that end in `*`. `auth.redirect_urls`
    pub redirect_urls: Vec<String>,
    /// Where this server is reached from outside, without `/auth/v1`: what links in mails begin with. `auth.external_url`
    pub external_url: Option<String>,
    /// Where this server listens: what links begin with where there is no `external_url`.
    pub own_url: Option<String>,
    /// Whether a change of address takes the consent of both addresses. `auth.mail_both_addresses`
    pub both_addresses: bool,
    /// `iss` of access tokens; tokens with it must be complete. `auth.issuer`
    pub issuer: String,
    /// `aud` of access tokens: `jwt.audience` where that is set, else `authenticated`.
    pub audience: String,
    /// How long an access token is good for; a day at the most. `auth.access_token_seconds`
    pub access_token: Duration,
    /// How long a session may lie unused. `auth.session_idle_seconds`
    pub session_idle: Duration,
    /// How long a session may last in all. `auth.session_seconds`
    pub session: Duration,
    /// How long a refresh token that has just been used may be used again, for two tabs that refresh at once.
    /// `auth.refresh_grace_seconds`
    pub refresh_grace: Duration,
    /// How long after a sign-in the password need not be asked for again before a change that matters.
    /// `auth.reauthentication_seconds`
    pub reauthentication: Duration,
    /// How long what is sent by mail is good for. `auth.one_time_token_seconds`
    pub one_time_token: Duration,
    /// The fewest characters of a new password; never below 8. `auth.password_min_length`
    pub password_min_length: usize,
    /// Failed sign-ins for one account from one address before it has to wait. `auth.failures_per_account`
    pub failures_per_account: u32,
    /// Failed sign-ins from one address, whichever the accounts, before it has to wait. `auth.failures_per_address`
    pub failures_per_address: u32,
    /// How often one address may sign up, ask for mails and the like in an hour. `auth.requests_per_address`
    pub requests_per_address: u32,
    /// How long to wait between two mails to the same address. `auth.mail_interval_seconds`
    pub mail_interval: Duration,
    /// Whether tokens go into cookies too, for pages that ask for it. `auth.cookies`
    pub cookies: bool,
    /// Whether those cookies travel over HTTPS only; off for development over plain HTTP. `auth.secure_cookies`
    pub secure_cookies: bool,
}

/// No access token lives longer: what is remembered about ended sessions is dropped after it.
pub const LONGEST_ACCESS_TOKEN: Duration = Duration::from_secs(24 * 3600);

impl Default for AuthOptions {
    fn default() -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            signup: true,
            anonymous_sign_in: false,
            confirm_email: true,
            site_url: "http://localhost:3000".to_owned(),
            redirect_urls: Vec::new(),
            external_url: None,
            own_url: None,
            both_addresses: true,
            issuer: "howdah/auth".to_owned(),
            audience: "authenticated".to_owned(),
            access_token: Duration::from_secs(3600),
            session_idle: Duration::from_secs(7 * DAY),
            session: Duration::from_secs(30 * DAY),
            refresh_grace: Duration::from_secs(10),
            reauthentication: Duration::from_secs(300),
            one_time_token: Duration::from_secs(3600),
            password_min_length: 8,
            failures_per_account: 10,
            failures_per_address: 100,
            requests_per_address: 100,
            mail_interval: Duration::from_secs(60),
            cookies: false,
            secure_cookies: true,
        }
    }
}

impl AuthOptions {
    /// What links to this server begin with, without `/auth/v1`. Never taken from a request, whose sender could have links
    /// lead to themselves.
    pub fn base_url(&self) -> &str {
        self.external_url.as_deref().or(self.own_url.as_deref()).unwrap_or("http://127.0.0.1:8080")
    }

    /// Where to send somebody who asked to be sent to `wanted`: there if it is allowed, else to the site.
    pub fn redirect(&self, wanted: Option<&str>) -> String {
        let is_allowed = |wanted: &&str| {
            same_site(wanted, &self.site_url) || self.redirect_urls.iter().any(|allowed| matches(allowed, wanted))
        };
        wanted.filter(is_allowed).unwrap_or(&self.site_url).to_owned()
    }
}

/// The site itself, or anything below it.
fn same_site(wanted: &str, site: &str) -> bool {
    let site = site.trim_end_matches('/');
    wanted.strip_prefix(site).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// `https://example.com/*` allows what begins like it. The star may stand at the end only, after a slash behind the host:
/// `https://example.com*` would allow `https://example.com.evil.test`.
fn matches(allowed: &str, wanted: &str) -> bool {
    match allowed.strip_suffix('*') {
        Some(start) => {
            let path = start.split_once("://").map_or("", |(_, rest)| rest);
            path.contains('/') && wanted.starts_with(start)
        }
        None => allowed == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, is_allowed: bool) {
        let options = AuthOptions {
            site_url: "https://app.test".to_owned(),
            redirect_urls: vec![
                "https://one.test/welcome".to_owned(),
                "https://many.test/*".to_owned(),
                "https://bad.test*".to_owned(),
            ],
            ..AuthOptions::default()
        };
        let to = options.redirect(Some(wanted));
        assert_eq!(to == wanted, is_allowed, "{wanted} → {to}");
    }

    #[test]
    fn people_are_sent_to_allowed_places_only() {
        check("https://app.test", true);
        check("https://app.test/after?x=1#y", true);
        check("https://app.test.evil.test", false);
        check("https://app.test@evil.test", false);
        check("https://app.test:8443/", false);
        check("https://one.test/welcome", true);
        check("https://one.test/welcome/more", false);
        check("https://many.test/any/thing", true);
        check("https://many.test.evil.test/", false);
        check("https://bad.test.evil.test/", false);
        check("javascript:alert(1)", false);
        check("//evil.test", false);
        assert_eq!(AuthOptions::default().redirect(None), "http://localhost:3000");
    }
}
