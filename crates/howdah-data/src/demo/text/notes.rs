//! Notes as people keep them: some prose, some lists.

/// One kind of note.
#[derive(Debug)]
pub(crate) struct NoteKind {
    pub(crate) folder: &'static str,
    pub(crate) tags: &'static [&'static str],
    pub(crate) titles: &'static [&'static str],
    pub(crate) bodies: &'static [&'static str],
    /// Lines of its checklist; empty when it has none.
    pub(crate) items: &'static [&'static str],
}

pub(crate) const NOTE_KINDS: &[NoteKind] = &[
    NoteKind {
        folder: "Recipes",
        tags: &["cooking"],
        titles: &["{dish}", "{dish}, the quick way", "{friend}'s {dish}"],
        bodies: &[
            "# {title}\n\nServes four. {small}\n\n1. Chop the {ingredient} and let it soften slowly with {ingredient}.\n2. Add the {ingredient}; do not hurry.\n3. Season late, finish with {ingredient}.\n\n> Next time less {ingredient}.",
            "# {title}\n\nFrom {friend}, written down at the stove.\n\n- 250 g {ingredient}\n- 2 spoons {ingredient}\n- {^ingredient} to taste\n\nForty minutes at 180 °C. It was {verdict}.",
        ],
        items: &["{ingredient}", "{ingredient}", "{ingredient}", "{ingredient}"],
    },
    NoteKind {
        folder: "Travel",
        tags: &["travel", "packing"],
        titles: &["Packing for {trip}", "{trip}: what to bring"],
        bodies: &["# {title}\n\nTrain leaves {when}. Last time {weather}, so layers.\n\nAsk {friend} about {place}."],
        items: &[
            "passport and cards",
            "{thing}",
            "rain jacket",
            "{book}",
            "chargers",
            "earplugs",
            "swimming things",
            "{ingredient} for the journey",
        ],
    },
    NoteKind {
        folder: "Work",
        tags: &["meeting"],
        titles: &["Meeting: {project}", "{project}, {day}", "Retrospective {project}"],
        bodies: &[
            "## {title}\n\nWith {friend} and {friend}.\n\n**Decided**\n- we {change}\n- {^part} goes to {friend}\n\n**Open**\n- who pays for {part}?\n\nNext time {when}.",
            "## {title}\n\nWhat went well: we {change}, and it was {verdict}.\n\nWhat did not: {part} came late, again.\n\nTry: start with {part}.",
        ],
        items: &["write up {part}", "ask {friend} about {part}", "book the room for {day}"],
    },
    NoteKind {
        folder: "Reading",
        tags: &["books"],
        titles: &["{book}", "Reading notes: {subject}"],
        bodies: &[
            "# {title}\n\n{^verdict}. The point I want to keep: {subject} {claim}.\n\nCompare with what {friend} said about {subject}.",
            "# {title}\n\n> {^subject} {claim}\n\np. {number}. Not sure it is true of {subject}.",
        ],
        items: &[],
    },
    NoteKind {
        folder: "Home",
        tags: &["home"],
        titles: &["{repair}", "Measurements", "To do in the flat"],
        bodies: &[
            "# {title}\n\n{^repair}: needs {tool} and an hour. {friend} offered to help {when}.\n\nColour of the hallway: {colour}, tin {number}.",
        ],
        items: &["{repair}", "return {thing}", "buy {tool}", "measure the shelf"],
    },
    NoteKind {
        folder: "Ideas",
        tags: &["ideas", "gifts"],
        titles: &["Presents", "Ideas for {friend}", "Someday"],
        bodies: &[
            "- {friend}: {book}\n- {friend}: a day at {place}\n- for us: {trip}, {adverb}",
            "What if {project} were done {adverb}? {friend} thinks {subject} {claim}. {^feeling}.",
        ],
        items: &[],
    },
    NoteKind {
        folder: "Garden",
        tags: &["garden"],
        titles: &["Garden diary", "{plant}"],
        bodies: &["{date}: {weather}. Looked after {plant}. {small}\n\nNext: {plant}, {when}."],
        items: &["water {plant}", "bring {tool}", "share out {ingredient}"],
    },
];
