//! Names of people and firms. The people are combinations nobody chose; the firms are invented.
//!
//! Telephone numbers come from ranges that regulators keep free for film and fiction (Ofcom, ARCEP, Bundesnetzagentur,
//! PTS, ComReg, NANPA's 555-01XX), so that no seeded contact rings anywhere.

use crate::demo::rng::Rng;

/// Names that go together, and what an address there looks like.
#[derive(Debug)]
pub(crate) struct Culture {
    pub(crate) country_code: &'static str,
    pub(crate) given: &'static [&'static str],
    pub(crate) family: &'static [&'static str],
    pub(crate) cities: &'static [(&'static str, &'static str)],
    pub(crate) streets: &'static [&'static str],
    /// A number of the fiction range; each `#` is a digit.
    pub(crate) phones: &'static [&'static str],
}

impl Culture {
    /// A number from a range that is kept free for fiction.
    pub(crate) fn phone(&self, rng: &mut Rng) -> String {
        let shape = *rng.pick(self.phones);
        shape.chars().map(|c| if c == '#' { char::from(b'0' + rng.below(10) as u8) } else { c }).collect()
    }
}

pub(crate) const CULTURES: &[Culture] = &[
    Culture {
        country_code: "DE",
        given: &[
            "Lena",
            "Jonas",
            "Miriam",
            "Felix",
            "Katharina",
            "Moritz",
            "Annika",
            "Till",
            "Friederike",
            "Emre",
            "Aylin",
            "Henrik",
        ],
        family: &[
            "Fischer",
            "Brandt",
            "Schäfer",
            "Köhler",
            "Yıldız",
            "Lorenz",
            "Albrecht",
            "Vogt",
            "Großmann",
            "Petersen",
            "Demir",
            "Winkler",
        ],
        cities: &[("Berlin", "10961"), ("Leipzig", "04109"), ("Hamburg", "20357"), ("Freiburg", "79098")],
        streets: &["Gneisenaustraße", "Lindenweg", "Schillerstraße", "Am Mühlbach", "Gartenstraße"],
        phones: &["+49 30 23125###", "+49 171 39200##", "+49 40 66969###"],
    },
    Culture {
        country_code: "PT",
        given: &["Inês", "Tiago", "Beatriz", "Rui", "Leonor", "Gonçalo", "Catarina", "Duarte", "Mafalda", "Nuno"],
        family: &[
            "Carvalho",
            "Almeida",
            "Figueiredo",
            "Nogueira",
            "Teixeira",
            "Moura",
            "Sequeira",
            "Antunes",
            "Brandão",
        ],
        cities: &[("Lisboa", "1150-008"), ("Porto", "4000-322"), ("Coimbra", "3000-150")],
        streets: &["Rua da Palma", "Rua das Flores", "Travessa do Forno", "Rua Nova", "Largo da Fonte"],
        phones: &["+44 20 7946 0###", "+44 7700 900###"],
    },
    Culture {
        country_code: "DK",
        given: &["Freja", "Mikkel", "Signe", "Rasmus", "Astrid", "Søren", "Maja", "Anders"],
        family: &["Østergaard", "Kjær", "Holm", "Mikkelsen", "Bjerregaard", "Lund", "Krogh", "Dahl"],
        cities: &[("København", "1150"), ("Aarhus", "8000"), ("Odense", "5000")],
        streets: &["Nørrebrogade", "Skovvej", "Strandgade", "Møllestien"],
        phones: &["+46 8 465 004 ##", "+46 31 390 06 ##"],
    },
    Culture {
        country_code: "GB",
        given: &["Fiona", "Callum", "Isla", "Hamish", "Priya", "Owen", "Zainab", "Rhys", "Eleanor", "Kwame"],
        family: &[
            "MacLeod", "Drummond", "Patel", "Okafor", "Hughes", "Sinclair", "Bellamy", "Mensah", "Ashworth", "Rahman",
        ],
        cities: &[("Edinburgh", "EH1 1YZ"), ("Cardiff", "CF10 1EP"), ("Leeds", "LS1 4DY")],
        streets: &["Broughton Street", "Queen's Crescent", "Mill Lane", "Harbour Row"],
        phones: &["+44 131 496 0###", "+44 7700 900###", "+44 20 7946 0###"],
    },
    Culture {
        country_code: "FR",
        given: &["Camille", "Julien", "Maëlle", "Étienne", "Noémie", "Karim", "Élodie", "Baptiste"],
        family: &["Lefèvre", "Marchand", "Benali", "Rousseau", "Girard", "Delacroix", "Perrin", "Chevalier"],
        cities: &[("Paris", "75004"), ("Lyon", "69001"), ("Nantes", "44000")],
        streets: &["Rue des Tilleuls", "Rue de la Gare", "Impasse du Moulin", "Quai Vert"],
        phones: &["+33 1 99 00 ## ##", "+33 6 39 98 ## ##"],
    },
    Culture {
        country_code: "PL",
        given: &["Zofia", "Jakub", "Małgorzata", "Paweł", "Agnieszka", "Łukasz", "Hanna", "Wojciech"],
        family: &["Nowak", "Mazur", "Zając", "Wróbel", "Duda", "Sikora", "Pawlak"],
        cities: &[("Kraków", "31-001"), ("Łódź", "90-001"), ("Gdańsk", "80-001")],
        streets: &["ulica Długa", "ulica Lipowa", "ulica Polna", "Rynek"],
        phones: &["+49 30 23125###", "+44 7700 900###"],
    },
    Culture {
        country_code: "JP",
        given: &["Haruka", "Kenji", "Yui", "Takumi", "Aoi", "Naoko", "Ren"],
        family: &["Sakamoto", "Fujita", "Mori", "Ishikawa", "Hayashi", "Nakano"],
        cities: &[("Kyoto", "604-0001"), ("Sapporo", "060-0001")],
        streets: &["Teramachi-dori", "Kita-ichijo Nishi", "Sanjo-dori"],
        phones: &["+1 202 555 01##", "+1 415 555 01##"],
    },
    Culture {
        country_code: "IN",
        given: &["Ananya", "Rohan", "Meera", "Vikram", "Kavya", "Arjun", "Ishaan"],
        family: &["Iyer", "Banerjee", "Kulkarni", "Menon", "Chaudhary", "Reddy"],
        cities: &[("Bengaluru", "560001"), ("Pune", "411001")],
        streets: &["Residency Road", "Temple Street", "Lake View Road"],
        phones: &["+1 212 555 01##", "+44 20 7946 0###"],
    },
    Culture {
        country_code: "IE",
        given: &["Aoife", "Cian", "Niamh", "Oisín", "Siobhán", "Darragh"],
        family: &["Ó Briain", "Gallagher", "Nolan", "Fitzgerald", "Keane", "Doyle"],
        cities: &[("Galway", "H91 E2K8"), ("Cork", "T12 W8KP")],
        streets: &["Quay Street", "Shop Lane", "Prospect Hill"],
        phones: &["+353 20 910 ####", "+353 20 911 ####"],
    },
    Culture {
        country_code: "ES",
        given: &["Lucía", "Iker", "Marta", "Álvaro", "Nerea", "Joaquín", "Xavier"],
        family: &["Ibáñez", "Etxeberria", "Soler", "Cañizares", "Vidal", "Núñez"],
        cities: &[("Bilbao", "48001"), ("València", "46001"), ("Sevilla", "41001")],
        streets: &["Calle del Olmo", "Carrer Nou", "Plaza Mayor"],
        phones: &["+33 1 99 00 ## ##", "+1 646 555 01##"],
    },
];

/// Invented firms and what they do.
pub(crate) const COMPANIES: &[&str] = &[
    "Kranich & Söhne",
    "Northlight Surveying",
    "Oficina do Vento",
    "Tallow & Reed",
    "Havnefront Arkitekter",
    "Blaufuchs Verlag",
    "Caderno Azul",
    "Pilrig Instruments",
    "Atelier Sureau",
    "Wiklina Logistics",
    "Kestrel Tide Energy",
    "Sommerkorn Bakery",
    "Halden Geodata",
    "Maré Alta Films",
    "Four Willows School",
    "Studio Quince",
    "Ferrum Cycle Works",
    "Lantern Street Clinic",
];

pub(crate) const JOBS: &[&str] = &[
    "Architect",
    "Physiotherapist",
    "Data engineer",
    "Cellist",
    "Primary school teacher",
    "Product designer",
    "Electrician",
    "Landscape planner",
    "Nurse",
    "Translator",
    "Hydrologist",
    "Bookbinder",
    "Site manager",
    "Editor",
    "Veterinarian",
    "Sound technician",
    "Accountant",
    "Bicycle mechanic",
    "Pharmacist",
    "Museum curator",
];

/// The name without marks, as mail addresses and file names carry it. Letters without a decomposition are spelled out.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ä' | 'Ä' | 'æ' | 'Æ' => out.push_str("ae"),
            'ö' | 'Ö' => out.push_str("oe"),
            'ø' | 'Ø' | 'ó' | 'Ó' | 'õ' | 'ô' => out.push('o'),
            'ü' | 'Ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'á' | 'à' | 'â' | 'ã' | 'å' | 'Á' | 'À' | 'Å' | 'ą' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'ę' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' | 'ı' | 'Í' => out.push('i'),
            'ú' | 'ù' | 'û' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' => out.push('n'),
            'ł' | 'Ł' => out.push('l'),
            'ś' | 'š' => out.push('s'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            _ if c.is_ascii() => out.push(c),
            _ => {}
        }
    }
    out
}
