//! What people and machines write to each other.

/// A conversation: somebody opens, the two answer each other, somebody closes.
#[derive(Debug)]
pub(crate) struct MailTopic {
    pub(crate) label: &'static str,
    pub(crate) subjects: &'static [&'static str],
    pub(crate) opening: &'static [&'static str],
    pub(crate) answers: &'static [&'static str],
    pub(crate) closing: &'static [&'static str],
    /// What is sometimes attached, by file name.
    pub(crate) attachment: Option<&'static str>,
}

/// Mail nobody answers.
#[derive(Debug)]
pub(crate) struct MachineMail {
    pub(crate) label: &'static str,
    pub(crate) from_name: &'static str,
    pub(crate) from: &'static str,
    pub(crate) subjects: &'static [&'static str],
    pub(crate) bodies: &'static [&'static str],
    pub(crate) attachment: Option<&'static str>,
}

pub(crate) const MAIL_TOPICS: &[MailTopic] = &[
    MailTopic {
        label: "friends",
        subjects: &["{meal} {when}?", "Are you free {when}?", "Cooking {dish}", "Table for four"],
        opening: &[
            "are you free {when}? I would like to make {dish}, and {feeling}. {friend} will probably come too.",
            "I have far too many {ingredient} and a plan for {dish}. Would you come over {when}?",
            "it has been ages. How about {meal} {when}, somewhere near {place}? {^feeling}.",
        ],
        answers: &[
            "{yes} {bring}",
            "{maybe} {bring}",
            "{yes} {small}",
            "Could we say {when} instead? Otherwise {friend} cannot make it. {bring}",
            "Is {place} still closed on {day}s? If so, come to mine. {small}",
            "Should I get {ingredient} on the way? {yes}",
        ],
        closing: &[
            "Settled then: {when}. {small}",
            "Lovely. Ring twice, the intercom is moody.",
            "Wonderful, see you then. {small}",
        ],
        attachment: None,
    },
    MailTopic {
        label: "home",
        subjects: &["{repair}", "Appointment for {repair}", "Leak again: {repair}", "Repair in the flat, {street}"],
        opening: &[
            "{repair} in {street} has been giving trouble since {day}. Could somebody look at it {when}? I can be at home from {hour}.",
            "I am writing about {repair}. It was mended in spring and now it is back; a photo is attached. When could you send someone?",
        ],
        answers: &[
            "Thank you for letting us know. A fitter could come {when}. Would that suit you?",
            "{yes} The bell says my name; the yard gate sticks, so please push.",
            "He needs to order a part for {repair}. He will bring {tool} and be back {when}.",
            "That day I am travelling. {friend} next door has a key and will be at home from {hour}.",
            "Could you send one more photo of the place from the side? Then he brings the right part.",
        ],
        closing: &[
            "It is fixed, thank you for the quick help.",
            "All dry since {day}. Many thanks!",
            "The invoice has arrived, you will have it from us within the week.",
        ],
        attachment: Some("photo.jpg"),
    },
    MailTopic {
        label: "work",
        subjects: &[
            "Draft of {project}",
            "Review: {part} for {project}",
            "{project}: next steps",
            "Notes from {day} on {project}",
        ],
        opening: &[
            "here is the next draft of {project}. I {change} and {change}. Could you read it before {day}?",
            "after {day}'s meeting I {change}. What is missing is {part}; could you take that on? {^feeling}.",
            "the client asked for an earlier date for {project}. I see two ways: leave out {part}, or get help with it. What do you think?",
        ],
        answers: &[
            "Thanks, read it on the train. I {change}; the rest is clear. One question: who owns {part}?",
            "I would keep it short. {friend} {change} last week, so we can build on that.",
            "Comments are in the margin. Most of them are about {part}. {small}",
            "Agreed. I can have {part} ready {when}.",
            "The numbers in {part} do not match what I have from {friend}. Which are newer?",
            "Yours are newer. I {change} accordingly.",
        ],
        closing: &[
            "Good, then it goes out {when}. Thank you both.",
            "Sent. Let us talk about {part} after the holidays.",
            "Done and filed. Nice work on {part}.",
        ],
        attachment: Some("draft.pdf"),
    },
    MailTopic {
        label: "book club",
        subjects: &["Book club: {book}", "Next book", "Book club {when}"],
        opening: &[
            "for the next meeting I propose {book}. It is {verdict}. We could meet {when} at {place}.",
            "who still has {book}? I am two chapters behind, and {feeling}.",
        ],
        answers: &[
            "{yes} I finished it on {day}: {verdict}.",
            "I gave up half way, but I will come for the {meal}. {bring}",
            "Could we take {next book} afterwards? {friend} has three copies.",
            "{maybe} I left my copy at {place}.",
        ],
        closing: &["Then {when} at mine. {small}", "Noted. Bring a passage to read aloud, please."],
        attachment: None,
    },
    MailTopic {
        label: "travel",
        subjects: &["Trains to {trip}", "{trip} in spring", "Tickets for {trip}", "Who comes along to {trip}?"],
        opening: &[
            "I looked at trains to {trip}: there is one {when} with a single change. Shall I book for two? {^feeling}.",
            "I would love to see {trip} once outside the season. {friend} was there and {weather}, and it was still {verdict}.",
        ],
        answers: &[
            "{yes} Window seat for me, please.",
            "{maybe} Is there a later one back?",
            "The sleeper is only a little dearer and saves a night. What do you think?",
            "Booked. I send you half of the amount {when}.",
            "Pack for everything: last time {weather}. I bring {thing}.",
            "Do we meet at the station at {hour}, or already at {place}?",
        ],
        closing: &["The tickets are in the attachment. {small}", "Platform two, {hour}. I will have coffee."],
        attachment: Some("tickets.pdf"),
    },
    MailTopic {
        label: "club",
        subjects: &["{sport} {when}", "Training times", "Who can play {when}?"],
        opening: &[
            "we are one short for {sport} {when}. Could you step in? We meet at {place} at {hour}.",
            "the hall is taken {when}, so {sport} moves to {day} at {hour}. Please tell me whether that works.",
        ],
        answers: &[
            "{yes} {small}",
            "{maybe} My knee says hello.",
            "I can bring {thing} if someone helps carrying.",
            "I am away {when}, ask {friend}.",
            "What did we decide about the hall fee?",
        ],
        closing: &["We are complete, thank you all.", "Good, {hour} it is. {small}"],
        attachment: None,
    },
    MailTopic {
        label: "choir",
        subjects: &["Choir: {music}", "Recordings of {music}", "Concert in {city}"],
        opening: &[
            "please look at {music} before {day}; we will start with it. {friend} has the recordings.",
            "the concert is set: {when}, at {place}. We still need somebody to turn the pages for {music}.",
        ],
        answers: &[
            "{yes} The altos could use a little more time, though.",
            "{maybe} I have lost my voice and half of my notes.",
            "Could we take {music} a little slower? {small}",
            "{friend} turns pages like nobody else; I will ask.",
        ],
        closing: &["Then until {day}. {small}", "Thank you, it will be lovely."],
        attachment: Some("score.pdf"),
    },
    MailTopic {
        label: "garden",
        subjects: &["{plant}", "The plot {when}", "Watering while you are away", "Garden day {when}"],
        opening: &[
            "{plant} need attention and {weather}. Could you look in {when}?",
            "there is a garden day {when}. We want to do {plant} and mend the shed; {tool} would help.",
        ],
        answers: &[
            "{yes} {bring}",
            "I was there on {day}: {plant} look good, the snails agree.",
            "The water is off until {day}, please fill the barrel before.",
            "I can take {day}, {friend} takes the rest. {small}",
        ],
        closing: &[
            "Done. There is a bag of {ingredient} for you by the door.",
            "Thank you, {plant} will remember you.",
        ],
        attachment: None,
    },
    MailTopic {
        label: "family",
        subjects: &["Photos from {day}", "Present for {friend}", "Coming to visit {when}", "News from home"],
        opening: &[
            "thank you for the photos! The one by {place} goes on the wall. {small}",
            "what do we give {friend}? I thought of {book}, or of a voucher for {place}. {^feeling}.",
            "I could come {when} and stay two nights. {small}",
        ],
        answers: &[
            "{yes} The guest bed is made.",
            "Better {next book}, vouchers get forgotten. I can pick it up {when}.",
            "I send the others as an album. In the last one {weather}.",
            "{small} {maybe}",
            "Bring {thing} back if you think of it. {bring}",
        ],
        closing: &["Agreed. I wrap it, you carry it.", "Safe travels, and ring when you are at the station."],
        attachment: Some("photo.jpg"),
    },
    MailTopic {
        label: "errands",
        subjects: &["Borrowing {thing}", "{thing}", "Could I have {thing} back?", "Moving {when}: hands needed"],
        opening: &[
            "may I borrow {thing} {when}? I have to get at {repair}.",
            "we move {when}. If you have two hours and a strong back, we pay in {dish}. {^feeling}.",
        ],
        answers: &[
            "{yes} It is in the cellar, {friend} has the key.",
            "{maybe} Do you also need {tool}?",
            "It has one weak leg, be kind to it. {small}",
            "I can come from {hour} and bring {tool}.",
        ],
        closing: &["Returned, with a jar of something as rent.", "All carried. You are heroes."],
        attachment: None,
    },
];

pub(crate) const MACHINE_MAIL: &[MachineMail] = &[
    MachineMail {
        label: "newsletter",
        from_name: "Slow Letters",
        from: "letters@slow.example.org",
        subjects: &["{subject} {adverb}", "This week: {subject}", "What {subject} taught us"],
        bodies: &[
            "Dear reader,\n\nthis week is about {subject}. The short version: it {claim}. The long version takes eight minutes and a cup of tea.\n\nAlso in this letter: {subject} {adverb}, and a reader who found that {subject} {claim}.\n\nYou receive this letter because you asked for it. One click and it stops.",
        ],
        attachment: None,
    },
    MachineMail {
        label: "newsletter",
        from_name: "Neighbourhood Library",
        from: "news@library.example.org",
        subjects: &["Readings in {city}", "New on the shelves: {subject}", "Your loan is due {when}"],
        bodies: &[
            "Good day,\n\nnew on the shelves: three titles on {subject} and one on {subject}. The reading {when} starts at {hour}; admission is free.\n\nBooks can be returned at any hour through the slot by the yard.\n\nYour library",
        ],
        attachment: None,
    },
    MachineMail {
        label: "receipts",
        from_name: "{firm}",
        from: "orders@shop.example.com",
        subjects: &["Your order {number}", "Receipt {number}", "Order {number} is on its way"],
        bodies: &[
            "Thank you for your order {number}.\n\n{item}\nTotal: {amount}\n\nYou can return it within 30 days. The receipt is attached.\n\n{firm}",
        ],
        attachment: Some("receipt.pdf"),
    },
    MachineMail {
        label: "bank",
        from_name: "Ludlow Savings",
        from: "statements@bank.example.net",
        subjects: &["Your statement for {date}", "Statement available"],
        bodies: &[
            "Your statement for {date} is ready. For your protection it is not part of this mail: sign in to read it.\n\nWe never ask for your password by mail.",
        ],
        attachment: None,
    },
    MachineMail {
        label: "health",
        from_name: "Lantern Street Clinic",
        from: "desk@clinic.example.com",
        subjects: &["Your appointment {when}", "Reminder: appointment at {hour}"],
        bodies: &[
            "This is a reminder of your appointment {when}. Please come ten minutes early and bring your insurance card.\n\nIf you cannot come, tell us a day ahead, so that somebody else can.",
        ],
        attachment: None,
    },
    MachineMail {
        label: "delivery",
        from_name: "Parcel Desk",
        from: "track@parcels.example.com",
        subjects: &["Parcel {number} arrives {when}", "We left {number} with your neighbour"],
        bodies: &[
            "Your parcel {number} is on its way to {street}, {city}.\n\nExpected: {when}. If nobody is at home we ask next door first.",
        ],
        attachment: None,
    },
];
