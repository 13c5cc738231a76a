//! The two people of the demo. Two, because one person's rows show nothing about isolation.

use super::places::{CITIES, City};
use uuid::Uuid;

/// A demo person, the same for every seed but for the id.
#[derive(Debug)]
pub struct Person {
    /// The address they sign in with.
    pub email: &'static str,
    /// Their password. Published here, so an account that has it is open to everybody who can reach the server.
    pub password: &'static str,
    /// What they are called.
    pub display_name: &'static str,
    pub(crate) key: &'static str,
    pub(crate) given: &'static str,
    pub(crate) family: &'static str,
    pub(crate) handle: &'static str,
    pub(crate) bio: &'static str,
    pub(crate) website: &'static str,
    pub(crate) locale: &'static str,
    pub(crate) city: usize,
    /// House numbers at home and at work, on the first and the last street of the way to work.
    pub(crate) house: u32,
    pub(crate) desk: u32,
    pub(crate) employer: &'static str,
    pub(crate) job: &'static str,
    /// A month, in cents.
    pub(crate) salary: i64,
    pub(crate) rent: i64,
    pub(crate) landlord: &'static str,
    pub(crate) born: (i32, i32, i32),
    /// Kilograms, millimetres of mercury, beats a minute: where their vital signs hover.
    pub(crate) weight: f64,
    pub(crate) systolic: f64,
    pub(crate) diastolic: f64,
    pub(crate) pulse: f64,
    pub(crate) currency: &'static str,
    pub(crate) iban_country: &'static str,
}

/// The namespace all ids of the demo descend from (a random UUID, fixed for good).
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0d_9c1e_51a7_4c35_9a0b_2f6d_7be8_43d1);

/// The namespace of one seed.
pub(crate) fn namespace(seed: u64) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("howdah demo {seed}").as_bytes())
}

impl Person {
    /// Their id (a UUID of version 5) under a seed.
    #[must_use]
    pub fn user_id(&self, seed: u64) -> Uuid {
        Uuid::new_v5(&namespace(seed), format!("users/{}", self.key).as_bytes())
    }

    pub(crate) fn home_city(&self) -> &'static City {
        &CITIES[self.city]
    }
}

/// The demo people, for whoever prints how to sign in.
#[must_use]
pub fn people() -> &'static [Person] {
    PEOPLE
}

const PEOPLE: &[Person] = &[
    Person {
        email: "ada@example.com",
        password: "ada rides the elephant",
        display_name: "Ada Lindqvist",
        key: "ada",
        given: "Ada",
        family: "Lindqvist",
        handle: "adalindqvist",
        bio: "Hydrologist. Maps rivers by day, sings alto on Thursdays, bakes when it rains.",
        website: "https://ada.example.com",
        locale: "de-DE",
        city: 0,
        house: 104,
        desk: 6,
        employer: "Halden Geodata",
        job: "Hydrologist",
        salary: 342_000,
        rent: 98_500,
        landlord: "Hausverwaltung Kranich",
        born: (1988, 4, 17),
        weight: 64.0,
        systolic: 118.0,
        diastolic: 76.0,
        pulse: 64.0,
        currency: "EUR",
        iban_country: "DE",
    },
    Person {
        email: "ben@example.org",
        password: "ben walks beside it",
        display_name: "Ben Tavares",
        key: "ben",
        given: "Ben",
        family: "Tavares",
        handle: "bentavares",
        bio: "Sound technician between Lisbon and wherever the tour goes. Repairs radios nobody asked him to.",
        website: "https://ben.example.org",
        locale: "pt-PT",
        city: 1,
        house: 61,
        desk: 33,
        employer: "Maré Alta Films",
        job: "Sound technician",
        salary: 218_000,
        rent: 74_000,
        landlord: "Prédios da Palma",
        born: (1991, 11, 2),
        weight: 81.0,
        systolic: 131.0,
        diastolic: 84.0,
        pulse: 71.0,
        currency: "EUR",
        iban_country: "PT",
    },
];
