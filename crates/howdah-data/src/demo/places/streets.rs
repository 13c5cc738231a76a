//! Streets that exist, as short polylines (latitude, longitude in WGS 84 degrees) from their first named corner to
//! their last. The corners are facts read off public maps and good to some tens of metres: enough for a believable
//! track, not for navigation.

/// A street of a city.
#[derive(Debug)]
pub struct Street {
    /// Its name as signposted.
    pub name: &'static str,
    /// Its postal code somewhere along it.
    pub postal_code: &'static str,
    /// Corners, in order.
    pub points: &'static [(f64, f64)],
}

/// A city with a few of its streets.
#[derive(Debug)]
pub struct City {
    /// Its own name for itself.
    pub name: &'static str,
    /// State or region, where people would write one.
    pub state: Option<&'static str>,
    /// Country, in English.
    pub country: &'static str,
    /// IANA time zone.
    pub timezone: &'static str,
    /// Minutes ahead of UTC in winter; the European summer time rule holds in all of them.
    pub winter_offset_min: i32,
    /// ISO 4217.
    pub currency: &'static str,
    /// Units of that currency for one euro, roughly as in the middle of the 2020s.
    pub per_euro: f64,
    /// Metres above the sea, roughly.
    pub altitude: f64,
    /// Streets; those of a commute first, in the order of the way to work.
    pub streets: &'static [Street],
}

const fn street(name: &'static str, postal_code: &'static str, points: &'static [(f64, f64)]) -> Street {
    Street { name, postal_code, points }
}

/// The first two are where the demo people live; the others are where they travel to.
pub const CITIES: &[City] = &[
    City {
        name: "Berlin",
        state: Some("Berlin"),
        country: "Germany",
        timezone: "Europe/Berlin",
        winter_offset_min: 60,
        currency: "EUR",
        per_euro: 1.0,
        altitude: 36.0,
        streets: &[
            street(
                "Bergmannstraße",
                "10961",
                &[(52.48935, 13.40480), (52.48940, 13.39900), (52.48930, 13.39500), (52.48905, 13.38760)],
            ),
            street("Mehringdamm", "10961", &[(52.48905, 13.38735), (52.49280, 13.38810), (52.49640, 13.39010)]),
            street(
                "Friedrichstraße",
                "10117",
                &[(52.50030, 13.39110), (52.50745, 13.39037), (52.51010, 13.38990), (52.51690, 13.38895)],
            ),
            street("Unter den Linden", "10117", &[(52.51700, 13.38890), (52.51745, 13.39350), (52.51790, 13.39780)]),
            street(
                "Karl-Marx-Allee",
                "10243",
                &[(52.52060, 13.41800), (52.51860, 13.42830), (52.51680, 13.44250), (52.51580, 13.45400)],
            ),
            street("Kastanienallee", "10435", &[(52.54085, 13.41220), (52.53750, 13.40850), (52.53420, 13.40500)]),
            street(
                "Kurfürstendamm",
                "10719",
                &[(52.50440, 13.33440), (52.50275, 13.32630), (52.50030, 13.31600), (52.49985, 13.30750)],
            ),
        ],
    },
    City {
        name: "Lisboa",
        state: None,
        country: "Portugal",
        timezone: "Europe/Lisbon",
        winter_offset_min: 0,
        currency: "EUR",
        per_euro: 1.0,
        altitude: 15.0,
        streets: &[
            street(
                "Avenida Almirante Reis",
                "1150-019",
                &[(38.73350, -9.13410), (38.72670, -9.13490), (38.72220, -9.13520), (38.71790, -9.13600)],
            ),
            street("Rua da Palma", "1100-391", &[(38.71780, -9.13610), (38.71620, -9.13610), (38.71480, -9.13680)]),
            street("Rua da Prata", "1100-414", &[(38.71310, -9.13740), (38.71100, -9.13660), (38.70890, -9.13580)]),
            street("Rua Augusta", "1100-048", &[(38.70850, -9.13680), (38.71050, -9.13770), (38.71310, -9.13870)]),
            street(
                "Avenida da Liberdade",
                "1250-096",
                &[(38.71590, -9.14180), (38.71980, -9.14520), (38.72490, -9.14960)],
            ),
            street("Rua Garrett", "1200-203", &[(38.71090, -9.13990), (38.71070, -9.14130), (38.71060, -9.14270)]),
        ],
    },
    City {
        name: "København",
        state: None,
        country: "Denmark",
        timezone: "Europe/Copenhagen",
        winter_offset_min: 60,
        currency: "DKK",
        per_euro: 7.46,
        altitude: 5.0,
        streets: &[
            street(
                "Strøget",
                "1150",
                &[(55.67655, 12.56930), (55.67780, 12.57290), (55.67890, 12.57950), (55.67980, 12.58440)],
            ),
            street("Nyhavn", "1051", &[(55.68040, 12.58720), (55.67980, 12.59020), (55.67930, 12.59310)]),
            street("Nørrebrogade", "2200", &[(55.68700, 12.56360), (55.69030, 12.55600), (55.69450, 12.54850)]),
        ],
    },
    City {
        name: "Edinburgh",
        state: Some("Scotland"),
        country: "United Kingdom",
        timezone: "Europe/London",
        winter_offset_min: 0,
        currency: "GBP",
        per_euro: 0.85,
        altitude: 65.0,
        streets: &[
            street("Princes Street", "EH2 2ER", &[(55.95010, -3.20730), (55.95150, -3.19850), (55.95290, -3.18950)]),
            street(
                "Royal Mile",
                "EH1 1RE",
                &[(55.94880, -3.19680), (55.94970, -3.19080), (55.95140, -3.17900), (55.95250, -3.17250)],
            ),
            street("Leith Walk", "EH6 8NX", &[(55.95720, -3.18560), (55.96400, -3.17750), (55.97060, -3.17180)]),
            street("George Street", "EH2 2LR", &[(55.95190, -3.20550), (55.95300, -3.20000), (55.95400, -3.19480)]),
        ],
    },
    City {
        name: "Wien",
        state: None,
        country: "Austria",
        timezone: "Europe/Vienna",
        winter_offset_min: 60,
        currency: "EUR",
        per_euro: 1.0,
        altitude: 171.0,
        streets: &[
            street("Kärntner Straße", "1010", &[(48.20800, 16.37180), (48.20550, 16.37080), (48.20300, 16.36930)]),
            street("Mariahilfer Straße", "1060", &[(48.20260, 16.36130), (48.19920, 16.35200), (48.19650, 16.33860)]),
        ],
    },
];
