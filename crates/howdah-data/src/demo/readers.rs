//! The rest of the world: people who have an account but are not played by anybody. They have no password, so nobody can
//! sign in as them.

use super::rng::Rng;
use super::table::{Source, numbered};
use super::text::{CULTURES, Culture, ascii};
use super::world::{Someone, World};
use crate::calendar::Moment;
use serde_json::json;
use uuid::Uuid;

/// The columns of `auth.users` that the demo sets.
pub(super) const USER_COLUMNS: &[&str] = &[
    "id",
    "email",
    "password_hash",
    "account_type",
    "role",
    "email_confirmed_at",
    "is_active",
    "last_login_at",
    "password_changed_at",
    "audit_pseudonym",
    "metadata",
    "created_at",
    "updated_at",
];

/// One of all who have an account: the two people of the demo first, then the others.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) joined: Moment,
    pub(super) culture: &'static Culture,
}

/// Member `index`.
pub(super) fn member(world: &World, index: u64) -> Member {
    let host = &world.people[0];
    if let Some(someone) = world.people.get(index as usize) {
        return Member {
            id: someone.id,
            name: someone.display_name.to_owned(),
            email: someone.email.to_owned(),
            joined: world.born(),
            culture: &CULTURES[someone.city],
        };
    }
    let number = index - world.people.len() as u64;
    let culture = &CULTURES[((number * 3 + world.plan.seed) % CULTURES.len() as u64) as usize];
    // A stride that is prime to the length of every list: names repeat as late as they can.
    let pairs = (culture.given.len() * culture.family.len()) as u64;
    let round = number / CULTURES.len() as u64;
    let pair = (round * 41 + world.plan.seed % 89) % pairs;
    let given = culture.given[(pair % culture.given.len() as u64) as usize];
    let family = culture.family[(pair / culture.given.len() as u64) as usize];
    let plain = |name: &str| ascii(name).to_lowercase().replace([' ', '\''], "");
    // A shop's customers come over two thirds of the history, with or without an account; readers over the first third.
    let shop = world.size("customers") * 3 / 2;
    let all = if shop > 0 { shop } else { world.size("users") * 3 };
    let day = world.start.plus((number * world.days() / all.max(1)) as i32);
    Member {
        id: world.id("members", host, index),
        name: format!("{given} {family}"),
        email: format!("{}.{}{number}@members.example.net", plain(given), plain(family)),
        joined: day.at_utc(world.rng("joined", host, index).range(6 * 3_600, 20 * 3_600)),
        culture,
    }
}

/// Any member.
pub(super) fn any(world: &World, rng: &mut Rng) -> u64 {
    rng.below(world.size("users").max(1))
}

/// Accounts for all members; the two people can sign in.
pub(super) fn users<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("users"), move |index, out| {
        let member = member(world, index);
        let person = world.people.get(index as usize);
        let mut rng = world.rng("users", host, index);
        let seen = world.now().plus(-rng.range(3_600, 40 * 86_400)).max(member.joined);
        let metadata = match person {
            Some(_) => json!({ "demo": world.mark(), "display_name": member.name }),
            None => json!({ "display_name": member.name }),
        };
        out.set("id", member.id)
            .set("email", member.email)
            .set("password_hash", person.and_then(|someone| world.hashes.get(someone.key)))
            .set("account_type", "human")
            .set("role", "user")
            .set("email_confirmed_at", member.joined)
            .set("is_active", true)
            .set("last_login_at", seen)
            .set("password_changed_at", person.map(|_| member.joined))
            .set("audit_pseudonym", world.id("pseudonyms", host, index))
            .set("metadata", metadata);
        world.times(out, member.joined, seen);
        out.end();
    })
}
