//! The `personal` template: everything one person owns, for two people.

mod account;
mod around;
mod contacts;
mod days;
mod documents;
mod health;
mod locations;
mod mail;
mod media;
mod money;
mod planning;
mod reading;
mod social;
mod writing;

use super::table::Template;

/// In the order of loading: a row comes after those it points at.
pub(super) const TEMPLATE: Template = Template {
    name: "personal",
    marks: &["user_profiles", "transactions", "health_records", "locations"],
    tables: &[
        account::TABLES,
        media::TABLES,
        account::PROFILES,
        contacts::TABLES,
        social::TABLES,
        mail::TABLES,
        reading::TABLES,
        planning::TABLES,
        writing::TABLES,
        documents::TABLES,
        money::TABLES,
        health::TABLES,
        around::TABLES,
        locations::TABLES,
    ],
};
