//! What the shop sells: kinds of goods, and the words that tell one product of a kind from the next.

/// Name, letters of its number, category by its place in [`CATEGORIES`], lowest and highest price in cents, materials.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) letters: &'static str,
    pub(super) category: u64,
    pub(super) cents: (i64, i64),
    pub(super) materials: &'static [&'static str],
    /// Whether it comes in sizes.
    pub(super) is_sized: bool,
}

const fn kind(
    name: &'static str,
    letters: &'static str,
    category: u64,
    cents: (i64, i64),
    materials: &'static [&'static str],
    is_sized: bool,
) -> Kind {
    Kind { name, letters, category, cents, materials, is_sized }
}

/// Name, parent by its place in this list, what belongs there. Parents come first.
pub(super) const CATEGORIES: &[(&str, Option<u64>, &str)] = &[
    ("Workshop", None, "Tools that outlive their owners."),
    ("Kitchen", None, "For pots, pans and people."),
    ("Outdoors", None, "Rain or shine."),
    ("Paper", None, "To write on, print on, wrap with."),
    ("Sale", None, "Last pieces."),
    ("Hand tools", Some(0), "No socket needed."),
    ("Measuring", Some(0), "Twice, then cut."),
    ("Finishes", Some(0), "Oil, wax, varnish."),
    ("Knives", Some(1), "Carbon and stainless."),
    ("Baking", Some(1), "Flour everywhere."),
    ("Tableware", Some(1), "Plates, bowls, cups."),
    ("Bags", Some(2), "Canvas and leather."),
    ("Cycling", Some(2), "Everyday bicycles."),
    ("Garden", Some(2), "Beds, balconies, allotments."),
    ("Notebooks", Some(3), "Sewn and flat."),
    ("Letterpress", Some(3), "Type, ink, rollers."),
];

/// The tree's last entry of the top level, where reduced goods stand as well.
pub(super) const SALE: u64 = 4;

pub(super) const KINDS: &[Kind] = &[
    kind("spokeshave", "SPS", 5, (3_900, 8_900), &["beech", "ash", "bronze"], false),
    kind("block plane", "BPL", 5, (5_900, 18_900), &["iron", "bronze"], false),
    kind("carving knife", "CKN", 5, (1_900, 4_900), &["birch", "elm"], false),
    kind("mallet", "MAL", 5, (1_800, 5_400), &["beech", "lignum vitae", "brass"], false),
    kind("try square", "TSQ", 6, (2_400, 6_900), &["rosewood", "steel"], true),
    kind("marking gauge", "MGA", 6, (1_600, 4_900), &["beech", "brass"], false),
    kind("folding rule", "FRU", 6, (600, 1_900), &["boxwood", "beech"], false),
    kind("linseed oil", "OIL", 7, (790, 2_490), &["cold pressed", "boiled"], true),
    kind("beeswax polish", "WAX", 7, (890, 1_990), &["clear", "dark"], true),
    kind("bread knife", "BKN", 8, (3_900, 12_900), &["carbon steel", "stainless"], false),
    kind("paring knife", "PKN", 8, (1_200, 5_900), &["carbon steel", "stainless"], false),
    kind("proving basket", "PRB", 9, (1_490, 3_290), &["cane", "wood pulp"], true),
    kind("bread tin", "BTN", 9, (1_990, 4_490), &["blued steel", "stoneware"], true),
    kind("rolling pin", "ROL", 9, (1_290, 3_490), &["pear", "maple"], false),
    kind("serving bowl", "BWL", 10, (1_890, 6_900), &["stoneware", "olive wood", "enamel"], true),
    kind("coffee cup", "CUP", 10, (990, 2_490), &["stoneware", "porcelain", "enamel"], false),
    kind("satchel", "SAT", 11, (6_900, 21_900), &["canvas", "leather", "waxed cotton"], false),
    kind("tool roll", "TRL", 11, (2_900, 7_900), &["canvas", "leather"], true),
    kind("saddle bag", "SBG", 12, (4_900, 13_900), &["waxed cotton", "canvas"], true),
    kind("bicycle bell", "BEL", 12, (990, 3_990), &["brass", "steel", "copper"], false),
    kind("pocket pump", "PMP", 12, (1_990, 4_990), &["aluminium", "steel"], false),
    kind("hand trowel", "TRW", 13, (1_490, 3_990), &["bronze", "ash and steel"], false),
    kind("watering can", "CAN", 13, (2_490, 6_990), &["zinc", "copper"], true),
    kind("seed box", "SED", 13, (1_990, 3_990), &["beech", "tin"], false),
    kind("notebook", "NBK", 14, (690, 2_490), &["ruled", "plain", "dotted"], true),
    kind("sketchbook", "SKB", 14, (990, 2_990), &["cotton", "recycled"], true),
    kind("composing stick", "CST", 15, (4_900, 11_900), &["steel", "brass"], true),
    kind("ink roller", "INK", 15, (2_900, 8_900), &["gelatine", "rubber"], true),
];

pub(super) const COLOURS: &[&str] = &["blue", "ochre", "green", "grey", "rust", "black", "natural", "red"];
pub(super) const SIZES: &[&str] = &["small", "medium", "large"];
pub(super) const MAKERS: &[&str] = &[
    "Tallow & Reed",
    "Kranich & Söhne",
    "Caderno Azul",
    "Ferrum",
    "Atelier Sureau",
    "Studio Quince",
    "Pilrig",
    "Oficina do Vento",
    "Havnefront",
    "Sommerkorn",
];
