//! Categories, products, and which stands where.

use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{capital, slug};
use super::super::world::{Someone, World};
use super::goods::{CATEGORIES, COLOURS, KINDS, Kind, MAKERS, SALE, SIZES};
use crate::calendar::Moment;
use crate::copy::{Money, RowWriter};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "categories",
        role: Role::Service,
        per: Per::Set,
        share: Share::Fixed(CATEGORIES.len() as u64),
        columns: &[
            "id",
            "parent_category_id",
            "name",
            "slug",
            "description",
            "image_url",
            "position",
            "is_active",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: categories,
    },
    Table {
        schema: "public",
        name: "products",
        role: Role::Service,
        per: Per::Set,
        share: Share::PerMille { weight: 75, least: 12, most: 20_000 },
        columns: &[
            "id",
            "sku",
            "slug",
            "name",
            "summary",
            "description",
            "price",
            "currency",
            "stock",
            "is_active",
            "image_url",
            "attributes",
            "metadata",
            "created_at",
            "updated_at",
            "deleted_at",
        ],
        replaces: false,
        rows: products,
    },
    Table {
        schema: "public",
        name: "product_categories",
        role: Role::Service,
        per: Per::Set,
        share: Share::Of { table: "products", per_mille: 1_120, least: 12 },
        columns: &["product_id", "category_id", "position", "created_at", "updated_at"],
        replaces: false,
        rows: product_categories,
    },
];

/// What other tables need to know about a product.
pub(super) struct Product {
    pub(super) id: Uuid,
    pub(super) sku: String,
    pub(super) name: String,
    /// What one costs now, in cents.
    pub(super) cents: i64,
    pub(super) created: Moment,
    kind: &'static Kind,
    material: &'static str,
    colour: &'static str,
    size: Option<&'static str>,
    is_reduced: bool,
}

/// Product `index`.
pub(super) fn product(world: &World, host: &Someone, index: u64) -> Product {
    let mut rng = world.rng("product", host, index);
    let kind = &KINDS[(index % KINDS.len() as u64) as usize];
    let material = *rng.pick(kind.materials);
    let colour = *rng.pick(COLOURS);
    let size = kind.is_sized.then(|| *rng.pick(SIZES));
    let maker = *rng.pick(MAKERS);
    // Prices end in 90 or 50, as prices do.
    let cents = rng.range(kind.cents.0, kind.cents.1) / 100 * 100 + *rng.pick(&[90, 90, 50]);
    let count = world.size("products");
    // The first third was there when the shop opened, so that every order finds something.
    let created = if index * 3 < count {
        world.born().plus(rng.range(7_200, 40_000))
    } else {
        world.day(index * 3 / 2 - count / 2, count).at_utc(rng.range(7 * 3_600, 17 * 3_600))
    };
    Product {
        id: world.id("products", host, index),
        sku: format!("{}-{:05}", kind.letters, index + 1),
        name: capital(&format!(
            "{maker} {}{} {}",
            size.map_or_else(String::new, |size| format!("{size} ")),
            material,
            kind.name
        )),
        cents,
        created,
        kind,
        material,
        colour,
        size,
        is_reduced: rng.chance(120),
    }
}

fn categories<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(CATEGORIES.len() as u64, move |index, out: &mut RowWriter| {
        let (name, parent, description) = CATEGORIES[index as usize];
        let made = world.born().plus(3_600 + 60 * index as i64);
        let before = CATEGORIES[..index as usize].iter().filter(|category| category.1 == parent).count();
        out.set("id", world.id("categories", host, index))
            .set("parent_category_id", parent.map(|parent| world.id("categories", host, parent)))
            .set("name", name)
            .set("slug", slug(name))
            .set("description", description)
            .set("image_url", parent.is_none().then(|| format!("https://images.example.com/shop/{}.webp", slug(name))))
            .set("position", before as i64)
            .set("is_active", true)
            .set("metadata", json!({}));
        world.times(out, made, made);
        out.end();
    })
}

fn products<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("products"), move |index, out: &mut RowWriter| {
        let product = product(world, host, index);
        let mut rng = world.rng("products", host, index);
        let is_gone = index > 8 && rng.chance(15);
        let is_active = !is_gone && (index < 8 || rng.chance(960));
        let deleted = is_gone.then(|| world.past(product.created.plus(rng.range(30, 200) * 86_400)));
        out.set("id", product.id)
            .set("sku", product.sku.as_str())
            .set("slug", format!("{}-{}", slug(&product.name), index + 1))
            .set("name", product.name.as_str())
            .set("summary", summary(&product, &mut rng))
            .set("description", description(world, &product, &mut rng))
            .set("price", Money::cents(product.cents))
            .set("currency", host.currency)
            .set("stock", if rng.chance(80) { 0 } else { rng.range(1, 140) })
            .set("is_active", is_active)
            .set("image_url", format!("https://images.example.com/products/{}.webp", product.sku.to_lowercase()))
            .set("attributes", attributes(&product))
            .set("metadata", json!({ "supplier_lead_days": rng.range(2, 40) }))
            .set("deleted_at", deleted);
        world.times(out, product.created, deleted.unwrap_or(product.created));
        out.end();
    })
}

/// What customers choose by.
fn attributes(product: &Product) -> Value {
    let mut attributes = json!({ "material": product.material, "colour": product.colour });
    if let Some(size) = product.size {
        attributes["size"] = json!(size);
    }
    attributes
}

fn summary(product: &Product, rng: &mut Rng) -> String {
    let praise = *rng.pick(&[
        "made to be repaired",
        "sharp out of the box",
        "better every year",
        "plain and sturdy",
        "made in small batches",
    ]);
    capital(&format!("{}, {}, {praise}.", product.kind.name, product.material))
}

fn description(world: &World, product: &Product, rng: &mut Rng) -> String {
    let values = [("item", product.kind.name), ("title", product.material)];
    let shapes = [
        "A {item} of {title} that {friend} has used for years. It is {verdict}.",
        "We looked long for a {item} like this one. {^title} is heavier than what you know, and that is the point.",
        "This {item} does one thing. Keep it dry, oil it now and then, and it will outlast the drawer it lies in.",
    ];
    let care = *rng.pick(&[
        "Wipe clean, do not soak.",
        "Spare parts are kept in stock.",
        "Comes wrapped in paper.",
        "Slight differences in grain are no fault.",
    ]);
    format!("{}\n\n{care}", capital(&world.say_one(&shapes, rng, &values)))
}

fn product_categories<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("products"), move |index, out: &mut RowWriter| {
        let product = product(world, host, index);
        let places = [Some(product.kind.category), product.is_reduced.then_some(SALE)];
        for category in places.into_iter().flatten() {
            out.set("product_id", product.id)
                .set("category_id", world.id("categories", host, category))
                .set("position", (index / KINDS.len() as u64).min(1_000_000));
            world.times(out, product.created, product.created);
            out.end();
        }
    })
}
