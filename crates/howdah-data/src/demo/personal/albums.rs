//! Albums: stretches of the media.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::capital;
use super::super::world::{Someone, World};
use super::media::taken;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "albums",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 8, least: 2, most: 240 },
        columns: &[
            "id",
            "user_id",
            "name",
            "description",
            "cover_media_id",
            "sort_order",
            "visibility",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: albums,
    },
    Table {
        schema: "public",
        name: "album_media",
        role: Role::Service,
        per: Per::Person,
        share: Share::Of { table: "media", per_mille: 450, least: 2 },
        columns: &["album_id", "media_id", "user_id", "position", "added_at", "created_at", "updated_at"],
        replaces: false,
        rows: album_media,
    },
];

/// An album covers a stretch of the media: album `index` of `albums` those from its first to before the next one's first.
fn stretch(world: &World, index: u64) -> (u64, u64) {
    let (media, albums) = (world.size("media"), world.size("albums").max(1));
    (index * media / albums, (index + 1) * media / albums)
}

fn albums<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("albums"), move |index, out| {
        let mut rng = world.rng("albums", someone, index);
        let (first, after) = stretch(world, index);
        let count = world.size("media");
        let (start, city, _) = taken(world, someone, first, count);
        let (year, month, _) = start.day().ymd();
        let created = start.plus(rng.range(1, 20) * 86_400);
        let name = if city.name == someone.home_city().name {
            *rng.pick(&[
                "Around the corner",
                "Evenings",
                "Choir",
                "Kitchen",
                "Garden",
                "Sundays",
                "People",
                "Repairs",
                "Walks",
            ])
        } else {
            city.name
        };
        world.base(out, "albums", someone, index, created);
        out.set("name", format!("{name} {year:04}-{month:02}"))
            .set(
                "description",
                rng.chance(500).then(|| capital(&world.say("{weather}; {place} was {verdict}.", &mut rng, &[]))),
            )
            .set("cover_media_id", (after > first).then(|| world.id("media", someone, first)))
            .set("sort_order", *rng.weighted(&[(6, "date_desc"), (3, "date_asc"), (1, "manual")]))
            .set("visibility", *rng.weighted(&[(7, "private"), (2, "unlisted"), (1, "public")]));
        out.end();
    })
}

fn album_media<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let (media, albums) = (world.size("media"), world.size("albums").max(1));
    let wanted = world.size("album_media").min(media).max(1);
    let mut position = 0;
    let mut last = None;
    numbered(wanted, move |index, out| {
        let item = index * media / wanted;
        // The album whose stretch the item lies in; the division above may land one off at an edge.
        let mut album = (item * albums / media.max(1)).min(albums - 1);
        while album + 1 < albums && stretch(world, album).1 <= item {
            album += 1;
        }
        position = if last == Some(album) { position + 1 } else { 0 };
        last = Some(album);
        let (at, _, _) = taken(world, someone, item, media);
        out.set("album_id", world.id("albums", someone, album))
            .set("media_id", world.id("media", someone, item))
            .set("user_id", someone.id)
            .set("position", position)
            .set("added_at", world.past(at.plus(21 * 86_400)));
        world.times(out, at.plus(21 * 86_400), at.plus(21 * 86_400));
        out.end();
    })
}
