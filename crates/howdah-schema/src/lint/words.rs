//! English words in names: their plural, and whether a name is written as it should be.

/// Plurals that do not end in `s`, with their singular.
const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("mouse", "mice"),
    ("medium", "media"),
    ("datum", "data"),
    ("criterion", "criteria"),
    ("phenomenon", "phenomena"),
    ("alumnus", "alumni"),
    ("stimulus", "stimuli"),
    ("nucleus", "nuclei"),
    ("radius", "radii"),
    ("cactus", "cacti"),
    ("fungus", "fungi"),
    ("bacterium", "bacteria"),
    ("schema", "schemata"),
    ("corpus", "corpora"),
];

/// Nouns that have no plural of their own, or that name what holds many: a history, a log, a queue.
const COLLECTIVE: &[&str] = &[
    "access",
    "advice",
    "aircraft",
    "archive",
    "audience",
    "backlog",
    "baggage",
    "cache",
    "cash",
    "catalog",
    "catalogue",
    "config",
    "configuration",
    "content",
    "correspondence",
    "equipment",
    "evidence",
    "feedback",
    "fish",
    "furniture",
    "hardware",
    "headquarters",
    "history",
    "homework",
    "inbox",
    "info",
    "information",
    "inventory",
    "journal",
    "knowledge",
    "ledger",
    "lineage",
    "log",
    "luggage",
    "mail",
    "membership",
    "merchandise",
    "metadata",
    "money",
    "music",
    "news",
    "outbox",
    "paperwork",
    "payroll",
    "personnel",
    "progress",
    "provenance",
    "queue",
    "registry",
    "research",
    "series",
    "sheep",
    "software",
    "spam",
    "species",
    "staff",
    "stock",
    "storage",
    "stuff",
    "telemetry",
    "traffic",
    "trail",
    "trash",
    "usage",
    "weather",
    "work",
];

/// Plurals of words that end in `is` or `us` as a singular would.
const PLURAL_AFTER_ALL: &[&str] = &[
    "apis", "clis", "cpus", "dois", "emojis", "gpus", "guis", "kpis", "menus", "skis", "skus", "taxis", "uis", "wikis",
];

/// Lower-case words joined by single underscores; digits where they like. Letters beyond ASCII count as they are.
pub(super) fn is_snake_case(name: &str) -> bool {
    let mut parts = name.split('_');
    let letters = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase());
    !name.starts_with(|c: char| c.is_ascii_digit()) && parts.all(letters)
}

/// As it would be in snake_case.
pub(super) fn to_snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut before = '_';
    for c in name.chars() {
        if !c.is_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
        } else {
            if c.is_uppercase() && (before.is_lowercase() || before.is_numeric()) && !snake.ends_with('_') {
                snake.push('_');
            }
            snake.extend(c.to_lowercase());
        }
        before = c;
    }
    snake.trim_end_matches('_').to_owned()
}

/// What may come after the noun: `orders_old`, `users_archived`, `events_2024`.
fn is_after_noun(word: &str) -> bool {
    let number = word.chars().all(|c| c.is_ascii_digit());
    number
        || word.ends_with("ed")
        || matches!(word, "old" | "new" | "raw" | "tmp" | "temp" | "backup" | "staging" | "live")
}

/// Whether a name of many things says so. A word that is not plain English letters is taken to.
pub(super) fn is_plural(name: &str) -> bool {
    let mut words = name.rsplit('_').filter(|word| !word.is_empty());
    let last = words.clone().next().unwrap_or(name);
    // `feed` alone is the noun itself.
    let noun = words.find(|word| !is_after_noun(word)).unwrap_or(last);
    is_plural_noun(noun) || (noun != last && is_plural_noun(last))
}

fn is_plural_noun(word: &str) -> bool {
    if !word.chars().all(|c| c.is_ascii_lowercase()) {
        return true;
    }
    COLLECTIVE.contains(&word)
        || PLURAL_AFTER_ALL.contains(&word)
        || IRREGULAR.iter().any(|(_, plural)| *plural == word)
        || (word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)))
}

/// The name with its last word in the plural.
pub(super) fn plural(name: &str) -> String {
    let at = name.rfind('_').map_or(0, |at| at + 1);
    let (before, word) = name.split_at(at);
    if let Some((_, plural)) = IRREGULAR.iter().find(|(singular, _)| *singular == word) {
        return format!("{before}{plural}");
    }
    let stem = |end: &str| word.strip_suffix(end);
    let vowel = |c: char| "aeiou".contains(c);
    let plural = match () {
        () if let Some(stem) = stem("is").filter(|stem| stem.len() > 2) => format!("{stem}es"),
        () if ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        () if let Some(stem) = stem("y").filter(|stem| !stem.ends_with(vowel)) => format!("{stem}ies"),
        () => format!("{word}s"),
    };
    format!("{before}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        for (singular, expected) in [
            ("user", "users"),
            ("category", "categories"),
            ("day", "days"),
            ("address", "addresses"),
            ("billing_address", "billing_addresses"),
            ("box", "boxes"),
            ("analysis", "analyses"),
            ("bus", "buses"),
            ("person", "people"),
            ("status", "statuses"),
            ("feed", "feeds"),
        ] {
            assert_eq!(plural(singular), expected);
            assert!(!is_plural(singular), "{singular}");
            assert!(is_plural(expected), "{expected}");
        }
        assert!(!is_plural("order_archived"));
        for many in [
            "album_media",
            "price_history",
            "users_archived",
            "orders_old",
            "events_2024",
            "search_log",
            "apis",
            "größen",
            "news",
            "series",
        ] {
            assert!(is_plural(many), "{many}");
        }
    }

    #[test]
    fn snake_case() {
        for (name, snake) in [
            ("orderItems", "order_items"),
            ("Orders", "orders"),
            ("HTTPServers", "httpservers"),
            ("a b", "a_b"),
            ("a__b", "a_b"),
            ("2fa", "2fa"),
            ("x_", "x"),
            ("x-y 😀", "x_y"),
        ] {
            assert!(!is_snake_case(name), "{name}");
            assert_eq!(to_snake_case(name), snake);
        }
        for name in ["orders", "order_items", "sha256", "größe", "a1_2"] {
            assert!(is_snake_case(name), "{name}");
        }
    }
}
