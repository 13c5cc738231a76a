//! What people write in public.

pub(crate) const POSTS: &[&str] = &[
    "Walked {route} before work. {^weather}, and I would do it again.",
    "Unpopular opinion: {subject} {claim}.",
    "Made {dish}. It was {verdict}. #cooking",
    "Does anybody in {city} have {tool} to lend {when}? I pay in {dish}.",
    "Finished {book}. {^verdict}. #reading",
    "Today I learned that {subject} {claim}. #til",
    "{place} in the morning, nobody there but a heron. #{city}",
    "New in the notebook: {subject} {adverb}.",
    "The choir did {music} tonight and for once we ended together. #music",
    "{plant} are up! #garden",
    "Three weeks of {sport} and I can climb the stairs again. #sport",
    "Night train to {trip}. The best hotel is one that moves. #nighttrain",
    "Repair café {when}, bring {thing} and patience. #repair",
    "I asked {friend} what makes {subject} good. Answer: it {claim}.",
];

pub(crate) const COMMENTS: &[&str] = &[
    "I had the same with {subject}; it {claim}.",
    "Where is that? It looks like {place}.",
    "Please share the recipe for {dish}!",
    "{^verdict}, I agree.",
    "Try it {adverb}, it makes all the difference.",
    "I can lend you {thing}, write to me.",
    "This made my {day}.",
    "Not convinced: in my experience {subject} {claim}.",
    "Say hello to {friend} from me.",
    "We should do that together {when}.",
];
