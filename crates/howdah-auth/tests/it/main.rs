//! Accounts against a real PostgreSQL, over real connections. Tests name the requirement of the security specification
//! that they are for: `requirement_4_…`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod admin;
mod attacks;
mod clients;
mod cookies;
mod docs;
mod ending;
mod keys;
mod mail;
mod mail_links;
mod mail_smtp;
mod mfa;
mod own_account;
mod pre_registration;
mod receiver;
mod refresh;
mod requirements;
mod sign_in;
mod sign_up;
mod support;
mod throttling;
mod timing;
