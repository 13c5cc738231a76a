//! The `personal` template: everything one person owns, for two people.

mod account;
mod albums;
mod around;
mod contacts;
mod days;
mod documents;
mod events;
mod health;
mod locations;
mod mail;
mod mailbox;
mod media;
mod money;
mod privacy;
mod reading;
mod shops;
mod social;
mod sources;
mod tasks;
mod ways;
mod writing;

use super::table::Template;

/// In the order of loading: a row comes after those it points at.
pub(super) const TEMPLATE: Template = Template {
    name: "personal",
    marks: &["user_profiles", "transactions", "health_records", "locations"],
    tables: &[
        account::TABLES,
        sources::TABLES,
        privacy::TABLES,
        media::TABLES,
        albums::TABLES,
        account::PROFILES,
        contacts::TABLES,
        social::TABLES,
        mail::TABLES,
        reading::TABLES,
        events::TABLES,
        tasks::TABLES,
        writing::TABLES,
        documents::TABLES,
        money::TABLES,
        health::TABLES,
        around::TABLES,
        locations::TABLES,
    ],
};
