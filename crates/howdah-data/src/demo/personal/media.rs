//! Photos, videos and recordings, live photos as pairs.

use super::super::places::{City, moved};
use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{capital, slug};
use super::super::world::{Someone, World};
use super::{days, sources};
use crate::calendar::Moment;
use crate::copy::{Array, Bytes, RowWriter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "media",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerMille { weight: 100, least: 2, most: 60_000 },
    columns: &[
        "id",
        "user_id",
        "source_integration_id",
        "source_platform",
        "source_object_id",
        "filename",
        "media_type",
        "mime_type",
        "file_size",
        "storage_key",
        "storage_backend",
        "sha256",
        "width",
        "height",
        "duration_seconds",
        "taken_at",
        "taken_at_offset_min",
        "gps_latitude",
        "gps_longitude",
        "altitude",
        "camera_make",
        "camera_model",
        "orientation",
        "exif",
        "processing_status",
        "thumbnail_key",
        "codec",
        "bitrate",
        "title",
        "description",
        "is_favorite",
        "tags",
        "live_pair_id",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: media,
}];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Photo,
    /// The short film beside the photo before it.
    Motion,
    Video,
    Audio,
    Screenshot,
    Scan,
}

/// Every ninth photo is a live one: a still, and next to it its film.
fn kind(index: u64, rng: &mut Rng) -> Kind {
    match index % 9 {
        4 => Kind::Photo,
        5 => Kind::Motion,
        // The first is the avatar.
        _ if index == 0 => Kind::Photo,
        _ => *rng.weighted(&[
            (780, Kind::Photo),
            (90, Kind::Video),
            (30, Kind::Audio),
            (70, Kind::Screenshot),
            (30, Kind::Scan),
        ]),
    }
}

/// A camera: maker, model, width, height, how it names files, extension, type, focal length.
struct Camera {
    make: &'static str,
    model: &'static str,
    size: (i32, i32),
    prefix: &'static str,
    extension: &'static str,
    mime: &'static str,
    focal: f64,
    aperture: f64,
}

const CAMERAS: &[Camera] = &[
    Camera {
        make: "Fairphone",
        model: "FP5",
        size: (4096, 3072),
        prefix: "IMG_",
        extension: "jpg",
        mime: "image/jpeg",
        focal: 5.6,
        aperture: 1.9,
    },
    Camera {
        make: "FUJIFILM",
        model: "X100V",
        size: (6240, 4160),
        prefix: "DSCF",
        extension: "JPG",
        mime: "image/jpeg",
        focal: 23.0,
        aperture: 2.8,
    },
    Camera {
        make: "Apple",
        model: "iPhone 15",
        size: (4284, 5712),
        prefix: "IMG_",
        extension: "HEIC",
        mime: "image/heic",
        focal: 6.0,
        aperture: 1.6,
    },
    Camera {
        make: "OLYMPUS CORPORATION",
        model: "E-M10MarkII",
        size: (4608, 3456),
        prefix: "P",
        extension: "JPG",
        mime: "image/jpeg",
        focal: 25.0,
        aperture: 4.0,
    },
];

fn media<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("media");
    numbered(count, move |index, out| write(world, someone, index, count, out))
}

/// When and where item `index` was taken. A live photo and its film share it.
pub(super) fn taken(world: &World, someone: &Someone, index: u64, count: u64) -> (Moment, &'static City, Rng) {
    let still = if index % 9 == 5 { index - 1 } else { index };
    let mut rng = world.rng("media taken", someone, still);
    let day = world.day(still, count);
    let city = days::city_on(world, someone, day);
    let seconds = rng.range(8 * 3600, 22 * 3600);
    (world.past(day.at_local(city.winter_offset_min, seconds)), city, rng)
}

fn write(world: &World, someone: &Someone, index: u64, count: u64, out: &mut RowWriter) {
    let mut rng = world.rng("media", someone, index);
    let kind = kind(index, &mut rng);
    let (at, city, mut shared) = taken(world, someone, index, count);
    let street = shared.pick(city.streets);
    let spot = street.at(shared.unit() * street.length());
    let choice = *shared.weighted(&[(6, 0), (2, 1), (3, 2), (1, 3)]);
    // Of these, only the third makes live photos.
    let camera = &CAMERAS[if matches!(index % 9, 4 | 5) { 2 } else { choice }];
    let number = 1 + (if index % 9 == 5 { index - 1 } else { index }) % 9_999;
    let (year, month, day) = at.day().ymd();

    let content = format!("howdah demo media {} {} {index}", world.plan.seed, someone.key);
    let sha256 = Sha256::digest(content.as_bytes());
    let seconds = rng.range(4, 240);
    let (filename, media_type, mime, size, dimensions, duration, codec): (
        String,
        _,
        _,
        i64,
        Option<(i32, i32)>,
        Option<f64>,
        _,
    ) = match kind {
        Kind::Photo => (
            format!("{}{number:04}.{}", camera.prefix, camera.extension),
            "photo",
            camera.mime,
            rng.range(1_400_000, 9_800_000),
            Some(camera.size),
            None,
            None,
        ),
        Kind::Motion => (
            format!("{}{number:04}.MOV", camera.prefix),
            "video",
            "video/quicktime",
            rng.range(2_100_000, 5_200_000),
            Some((1920, 1440)),
            Some(rng.range(18, 31) as f64 / 10.0),
            Some("hevc"),
        ),
        Kind::Video => (
            format!("VID_{year:04}{month:02}{day:02}_{number:04}.mp4"),
            "video",
            "video/mp4",
            seconds * rng.range(1_900_000, 2_600_000),
            Some((3840, 2160)),
            Some(seconds as f64),
            Some("h264"),
        ),
        Kind::Audio => (
            format!("Recording {number}.m4a"),
            "audio",
            "audio/mp4",
            seconds * 16_000,
            None,
            Some(seconds as f64),
            Some("aac"),
        ),
        Kind::Screenshot => (
            format!("Screenshot_{year:04}{month:02}{day:02}-{number:04}.png"),
            "screenshot",
            "image/png",
            rng.range(180_000, 1_900_000),
            Some((1224, 2700)),
            None,
            None,
        ),
        Kind::Scan => (
            format!("Scan {year:04}-{month:02}-{day:02} {number}.pdf"),
            "document",
            "application/pdf",
            rng.range(90_000, 2_400_000),
            None,
            None,
            None,
        ),
    };
    let is_camera = matches!(kind, Kind::Photo | Kind::Motion | Kind::Video);
    let position = (is_camera && shared.chance(820)).then(|| moved(spot, shared.bell() * 6.0, shared.bell() * 6.0));
    let exif = matches!(kind, Kind::Photo).then(|| exif(camera, at, &mut rng));
    let is_live = matches!(index % 9, 4 | 5) && (index % 9 == 5 || index + 1 < count);
    let is_ready = index + 2 < count || count < 4;
    let extension = filename.rsplit('.').next().unwrap_or("bin").to_lowercase();
    let key = format!("{}/media/{year:04}/{month:02}/{}", someone.id, world.id("media", someone, index));
    let imported = at.plus(rng.range(40, 9_000));

    world.base(out, "media", someone, index, imported);
    out.set("source_integration_id", sources::integration(world, someone, "photos"))
        .set("source_platform", "camera_roll")
        .set("source_object_id", format!("{}-{index}", someone.key))
        .set("filename", filename)
        .set("media_type", media_type)
        .set("mime_type", mime)
        .set("file_size", size)
        .set("storage_key", format!("{key}.{extension}"))
        .set("storage_backend", "local")
        .set("sha256", Bytes(&sha256))
        .set("width", dimensions.map(|(width, _)| width))
        .set("height", dimensions.map(|(_, height)| height))
        .set("duration_seconds", duration)
        .set("taken_at", at)
        .set("taken_at_offset_min", city.winter_offset_min + if at.is_european_summer() { 60 } else { 0 })
        .set("gps_latitude", position.map(|(latitude, _)| latitude))
        .set("gps_longitude", position.map(|(_, longitude)| longitude))
        .set("altitude", position.map(|_| (city.altitude * 10.0 + rng.bell() * 40.0).round() / 10.0))
        .set("camera_make", is_camera.then_some(camera.make))
        .set("camera_model", is_camera.then_some(camera.model))
        .set("orientation", is_camera.then(|| *rng.weighted(&[(8, 1), (3, 6), (1, 8), (1, 3)])))
        .set("exif", exif)
        .set("processing_status", if is_ready { "ready" } else { "pending" })
        .set("thumbnail_key", (is_ready && dimensions.is_some()).then(|| format!("{key}.thumb.webp")))
        .set("codec", codec)
        .set("bitrate", duration.map(|d| (size as f64 * 8.0 / d) as i32))
        .set("title", (is_camera && rng.chance(220)).then(|| capital(&world.say("{place}, {weather}", &mut rng, &[]))))
        .set(
            "description",
            (is_camera && rng.chance(110)).then(|| world.say("With {friend} at {place}. {weather}.", &mut rng, &[])),
        )
        .set("is_favorite", rng.chance(70))
        .set("tags", Array(&tags(kind, city, someone, &mut rng)))
        .set("live_pair_id", is_live.then(|| world.id("live pairs", someone, index / 9).to_string()));
    out.end();
}

fn tags(kind: Kind, city: &City, someone: &Someone, rng: &mut Rng) -> Vec<String> {
    match kind {
        Kind::Screenshot | Kind::Scan => vec![],
        Kind::Audio => vec!["rehearsal".to_owned()],
        _ if city.name != someone.home_city().name => vec!["travel".to_owned(), slug(city.name)],
        _ if rng.chance(400) => {
            vec![(*rng.pick(&["friends", "street", "food", "garden", "cat", "work", "evening"])).to_owned()]
        }
        _ => vec![],
    }
}

/// What a camera writes into the file, by the names of the Exif standard.
fn exif(camera: &Camera, at: Moment, rng: &mut Rng) -> Value {
    let (year, month, day) = at.day().ymd();
    let seconds = at.seconds().rem_euclid(86_400);
    let time =
        format!("{year:04}:{month:02}:{day:02} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    json!({
        "Make": camera.make,
        "Model": camera.model,
        "DateTimeOriginal": time,
        "OffsetTimeOriginal": "+00:00",
        "FNumber": camera.aperture,
        "ExposureTime": *rng.pick(&["1/30", "1/60", "1/125", "1/250", "1/500", "1/1000"]),
        "ISOSpeedRatings": *rng.pick(&[50, 64, 100, 125, 200, 400, 800, 1600]),
        "FocalLength": camera.focal,
        "Flash": i32::from(rng.chance(60)),
    })
}
