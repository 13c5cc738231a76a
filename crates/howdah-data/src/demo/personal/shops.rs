//! Where money goes: shops and subscriptions with their merchant category codes, paydays, account numbers. All invented
//! but the codes (ISO 18245) and the check digits (ISO 13616).

use super::super::rng::Rng;
use crate::calendar::Day;

/// Day of the month, merchant, category, cents, merchant category code (ISO 18245).
pub(super) const SUBSCRIPTIONS: &[(i32, &str, &str, i64, &str)] = &[
    (3, "Kabelwerk Internet", "utilities", 3_990, "4899"),
    (5, "Fjordfon Mobile", "utilities", 1_499, "4814"),
    (9, "Room Tone Radio", "entertainment", 999, "5815"),
    (15, "Kestrel Tide Energy", "utilities", 7_200, "4900"),
    (20, "The Slow Journal", "reading", 650, "5968"),
];

/// What is bought now and then: weight, shop, category, lowest and highest cents, code, first hour.
pub(super) type Shop = (&'static str, &'static str, i64, i64, &'static str, i64);

pub(super) const SHOPS: &[(u32, Shop)] = &[
    (8, ("Corner Café", "restaurants", 280, 950, "5814", 8)),
    (6, ("Canteen am Hof", "restaurants", 650, 1_290, "5812", 12)),
    (4, ("City Transit", "transport", 290, 880, "4111", 7)),
    (3, ("Trattoria Quercia", "restaurants", 1_800, 6_400, "5812", 19)),
    (2, ("Lindenblatt Pharmacy", "health", 490, 3_800, "5912", 10)),
    (2, ("Seitenweise Books", "reading", 899, 4_500, "5942", 14)),
    (2, ("Kinoteatro", "entertainment", 850, 1_900, "7832", 20)),
    (2, ("Ferrum Cycle Works", "transport", 1_200, 16_000, "5940", 15)),
    (1, ("Halle Climbing", "sport", 1_100, 2_400, "7997", 18)),
    (2, ("Garn & Tuch", "clothing", 1_990, 14_900, "5651", 16)),
    (1, ("Voltbude Electronics", "electronics", 1_500, 32_000, "5732", 17)),
    (1, ("Schere & Co", "personal care", 1_800, 5_200, "7230", 11)),
];

pub(super) const ABROAD: &[Shop] = &[
    ("Hotel Sextant", "travel", 7_900, 16_500, "7011", 9),
    ("Bistro of the day", "restaurants", 1_400, 5_800, "5812", 19),
    ("Museum desk", "entertainment", 900, 2_200, "7991", 14),
    ("Ferry ticket office", "transport", 500, 2_600, "4111", 10),
];

/// Salaries come on the 25th, or on the Friday before a weekend.
pub(super) fn payday(year: i32, month: i32) -> Day {
    let day = Day::from_ymd(year, month, 25);
    day.plus(-(day.weekday() - 4).max(0))
}

/// An IBAN with right check digits (ISO 13616: the remainder by 97 is 1) and a bank code nobody has.
pub(super) fn iban(country: &str, rng: &mut Rng) -> String {
    let account = match country {
        "PT" => format!("9999{}", rng.digits(17)),
        _ => format!("99999999{}", rng.digits(10)),
    };
    let letters: String =
        country.bytes().map(|letter| (u32::from(letter) - u32::from(b'A') + 10).to_string()).collect();
    let remainder =
        format!("{account}{letters}00").bytes().fold(0_u32, |r, digit| (r * 10 + u32::from(digit - b'0')) % 97);
    format!("{country}{:02}{account}", 98 - remainder)
}

#[cfg(test)]
mod tests {
    use super::{Day, Rng, iban, payday};

    #[test]
    fn ibans_have_their_remainder() {
        for index in 0..200 {
            for (country, length) in [("DE", 22), ("PT", 25)] {
                let iban = iban(country, &mut Rng::keyed(1, country, index));
                assert_eq!(iban.len(), length);
                let turned = format!("{}{}", &iban[4..], &iban[..4]);
                let digits: String = turned.chars().map(|c| c.to_digit(36).unwrap().to_string()).collect();
                assert_eq!(digits.bytes().fold(0, |r, d| (r * 10 + u32::from(d - b'0')) % 97), 1, "{iban}");
            }
        }
    }

    #[test]
    fn payday_is_a_working_day() {
        assert_eq!(payday(2026, 4), Day::from_ymd(2026, 4, 24));
        assert_eq!(payday(2026, 5), Day::from_ymd(2026, 5, 25));
        assert!((1..=12).all(|month| !payday(2025, month).is_weekend()));
    }
}
