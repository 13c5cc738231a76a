//! Attack: pre-registration takeover (pre-hijacking). A stranger signs up with somebody's address and a password of their
//! own, before the owner does, after it or at the same moment; the owner follows a mail that comes of it.

use futures_util::future::join_all;
use howdah_auth::mail::Letter;
use reqwest::Method;
use serde_json::json;

use crate::mail::{Place, code, token};
use crate::support::{Person, sql};

const ADDRESS: &str = "ada@example.org";
const OWNERS: &str = "the password of the owner";
const STRANGERS: &str = "the password of the stranger";

/// The owner signs in by `letter`; after that neither password holds, and a second mail is there to set one.
async fn nobodys_password_holds(place: &Place, letter: &Letter) {
    let number = place.next();
    let body = json!({ "type": "signup", "token_hash": token(letter) });
    let owner = Person::of(&place.post("verify", body).await.ok());
    for password in [STRANGERS, OWNERS] {
        let refused = place.server.sign_in(ADDRESS, password).await;
        assert_eq!(refused.refusal(), (400, "invalid_credentials".to_owned()), "{password}");
    }
    let second = place.letter(number).await;
    assert_eq!((second.to.as_str(), second.subject.as_str()), (ADDRESS, "Howdah: Set a password"));
    let body = json!({ "type": "recovery", "email": ADDRESS, "token": code(&second) });
    let again = Person::of(&place.post("verify", body).await.ok());
    assert_eq!(again.id, owner.id);
    place.server.put("/auth/v1/user", &again.access, &json!({ "password": OWNERS })).await.ok();
    place.server.sign_in(ADDRESS, OWNERS).await.ok();
    assert_eq!(place.server.sign_in(ADDRESS, STRANGERS).await.refusal().1, "invalid_credentials");
}

#[tokio::test]
async fn a_stranger_who_signed_up_before_the_owner_gets_nothing() {
    let place = Place::new().await;
    place.server.sign_up(ADDRESS, STRANGERS).await.ok();
    place.letter(1).await;
    // However long before: no time makes the stranger the owner.
    sql(&place.db, "update auth.one_time_tokens set created_at = now() - interval '9 days', expires_at = now() - interval '8 days'")
        .await;
    place.server.sign_up(ADDRESS, OWNERS).await.ok();
    let letter = place.letter(2).await;
    nobodys_password_holds(&place, &letter).await;
}

/// Taking the newest password instead would let in whoever is last: the owner cannot tell the mails apart.
#[tokio::test]
async fn a_stranger_who_signs_up_after_the_owner_gets_nothing() {
    let place = Place::new().await;
    place.server.sign_up(ADDRESS, OWNERS).await.ok();
    place.letter(1).await;
    place.server.sign_up(ADDRESS, STRANGERS).await.ok();
    let letter = place.letter(2).await;
    nobodys_password_holds(&place, &letter).await;
}

#[tokio::test]
async fn a_stranger_who_signs_up_at_the_same_moment_gets_nothing() {
    let place = Place::new().await;
    for answer in join_all([STRANGERS, OWNERS].map(|password| place.server.sign_up(ADDRESS, password))).await {
        answer.ok();
    }
    place.letter(2).await;
    assert_eq!(sql(&place.db, "select count(*) from auth.users where password_hash is null").await, ["1"]);
    // Either mail was written last; the other one's token is over.
    let mut taken = 0;
    for number in [1, 2] {
        let letter = place.letter(number).await;
        if place.server.post("/auth/v1/verify", &json!({ "type": "signup", "token_hash": token(&letter) })).await.status
            == 200
        {
            taken += 1;
        }
    }
    assert_eq!(taken, 1);
    for password in [STRANGERS, OWNERS] {
        assert_eq!(place.server.sign_in(ADDRESS, password).await.refusal().1, "invalid_credentials");
    }
}

/// Neither the order nor how often: a password that was given up does not come back.
#[tokio::test]
async fn a_stranger_who_insists_gets_nothing() {
    let place = Place::new().await;
    for (number, password) in (1..).zip([STRANGERS, OWNERS, STRANGERS, STRANGERS]) {
        place.server.sign_up(ADDRESS, password).await.ok();
        place.letter(number).await;
    }
    let letter = place.letter(4).await;
    nobodys_password_holds(&place, &letter).await;
}

/// An account without a password (somebody asked for a code) does not get a stranger's by being signed up for.
#[tokio::test]
async fn a_stranger_gives_no_password_to_an_account_that_has_none() {
    let place = Place::new().await;
    place.post("otp", json!({ "email": ADDRESS })).await.ok();
    place.letter(1).await;
    place.server.sign_up(ADDRESS, STRANGERS).await.ok();
    let letter = place.letter(2).await;
    nobodys_password_holds(&place, &letter).await;
}

/// Whoever signs up twice with the same password has signed up, also where a form is sent twice at once.
#[tokio::test]
async fn the_same_password_again_is_no_contest() {
    let place = Place::new().await;
    for answer in join_all([OWNERS, OWNERS].map(|password| place.server.sign_up(ADDRESS, password))).await {
        answer.ok();
    }
    place.letter(2).await;
    place.server.sign_up(ADDRESS, OWNERS).await.ok();
    let letter = place.letter(3).await;
    place.post("verify", json!({ "type": "signup", "token_hash": token(&letter) })).await.ok();
    place.server.sign_in(ADDRESS, OWNERS).await.ok();
    assert_eq!(place.letters().len(), 3, "no mail to set a password");
}

/// By the link of the mail, as browsers follow it, the same holds.
#[tokio::test]
async fn following_the_link_gives_a_stranger_nothing_either() {
    let place = Place::new().await;
    place.server.sign_up(ADDRESS, STRANGERS).await.ok();
    place.letter(1).await;
    place.server.sign_up(ADDRESS, OWNERS).await.ok();
    let letter = place.letter(2).await;
    let path = format!("/auth/v1/verify?token={}&type=signup", token(&letter));
    let followed = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = followed.request(Method::GET, format!("{}{path}", place.server.url)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    assert_eq!(place.server.sign_in(ADDRESS, STRANGERS).await.refusal().1, "invalid_credentials");
    assert_eq!(place.letter(3).await.subject, "Howdah: Set a password");
}

/// An account whose address is proven does not care who signs up with it.
#[tokio::test]
async fn a_proven_account_keeps_its_password() {
    let place = Place::new().await;
    place.confirmed(ADDRESS).await;
    place.server.sign_up(ADDRESS, STRANGERS).await.ok();
    assert_eq!(place.letter(2).await.subject, "Howdah: You have an account already");
    place.server.sign_in(ADDRESS, crate::support::PASSWORD).await.ok();
    assert_eq!(place.server.sign_in(ADDRESS, STRANGERS).await.refusal().1, "invalid_credentials");
}
