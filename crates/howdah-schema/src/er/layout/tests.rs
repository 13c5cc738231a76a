//! Laws of every layout, whatever the schema.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Boxes of a few rows and lines between any of them: circles, lines to itself, several between the same rows.
fn inputs(boxes: std::ops::Range<usize>) -> impl Strategy<Value = Input> {
    (boxes, 1_usize..6, any::<bool>()).prop_flat_map(|(count, groups, areas)| {
        let size = (12_i32..32, 1_i32..12, 0..groups).prop_map(|(width, rows, group)| Size {
            width: width * 10,
            height: 30 + rows * 20,
            group,
        });
        let end = || (any::<prop::sample::Index>(), any::<prop::sample::Index>());
        let links = prop::collection::vec((end(), end()), 0..=count * 2);
        (prop::collection::vec(size, count), links).prop_map(move |(boxes, links)| {
            let port = |(node, row): (prop::sample::Index, prop::sample::Index)| {
                let node = node.index(boxes.len());
                let rows = usize::try_from((boxes[node].height - 30) / 20).unwrap();
                Port { node, y: 40 + 20 * i32::try_from(row.index(rows)).unwrap() }
            };
            let links: Vec<Link> = if boxes.is_empty() {
                Vec::new()
            } else {
                links.into_iter().map(|(from, to)| Link { from: port(from), to: port(to) }).collect()
            };
            Input { boxes, links: room_for_two(links), areas: areas && groups > 1 }
        })
    })
}

/// A row has room for two lines on each side; a column with more foreign keys than that is not worth a law.
fn room_for_two(links: Vec<Link>) -> Vec<Link> {
    let mut lines: BTreeMap<Port, usize> = BTreeMap::new();
    let mut targets: BTreeSet<Port> = BTreeSet::new();
    let mut kept = Vec::new();
    for link in links {
        let mut more = BTreeMap::from([(link.from, 1)]);
        *more.entry(link.to).or_default() += usize::from(!targets.contains(&link.to));
        if more.iter().all(|(port, more)| lines.get(port).copied().unwrap_or_default() + more <= 2) {
            targets.insert(link.to);
            for (port, more) in more {
                *lines.entry(port).or_default() += more;
            }
            kept.push(link);
        }
    }
    kept
}

fn overlap(a: (i32, i32), b: (i32, i32)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

fn inside(place: &Place, (x, y): (i32, i32)) -> bool {
    place.x < x && x < place.x + place.width && place.y < y && y < place.y + place.height
}

/// Level and upright pieces: the track, its span, and the net.
type Pieces = Vec<(bool, i32, (i32, i32), usize)>;

fn pieces(layout: &Layout) -> Pieces {
    let mut pieces = Vec::new();
    for route in &layout.routes {
        for pair in route.points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let level = a.1 == b.1;
            assert!(level != (a.0 == b.0), "{a:?} to {b:?} is neither level nor upright, or a point");
            let (track, span) =
                if level { (a.1, (a.0.min(b.0), a.0.max(b.0))) } else { (a.0, (a.1.min(b.1), a.1.max(b.1))) };
            pieces.push((level, track, span, route.net));
        }
    }
    pieces
}

/// Everything that holds for a layout.
fn check(input: &Input) -> Layout {
    let layout = layout(input);
    assert_eq!(layout.boxes.len(), input.boxes.len());
    assert_eq!(layout.routes.len(), input.links.len());
    for (number, (place, size)) in layout.boxes.iter().zip(&input.boxes).enumerate() {
        assert!(place.width >= size.width && place.height == size.height);
        assert!(place.x >= 0 && place.x + place.width <= layout.width, "{place:?} is not within {}", layout.width);
        assert!(place.y >= 0 && place.y + place.height <= layout.height, "{place:?} is not within {}", layout.height);
        for other in &layout.boxes[..number] {
            let apart = !overlap((place.x, place.x + place.width), (other.x, other.x + other.width))
                || !overlap((place.y, place.y + place.height), (other.y, other.y + other.height));
            assert!(apart, "{place:?} is on {other:?}");
        }
    }
    check_areas(input, &layout);
    check_ends(input, &layout);
    let pieces = pieces(&layout);
    for &(level, track, span, _) in &pieces {
        for place in &layout.boxes {
            let (across, along) = if level {
                ((place.y, place.y + place.height), (place.x, place.x + place.width))
            } else {
                ((place.x, place.x + place.width), (place.y, place.y + place.height))
            };
            let crosses = across.0 < track && track < across.1 && overlap(span, along);
            assert!(!crosses, "a line at {track} from {} to {} runs through {place:?}", span.0, span.1);
        }
    }
    check_apart(pieces);
    layout
}

/// Every box is in an area of its group, and areas do not overlap.
fn check_areas(input: &Input, layout: &Layout) {
    assert_eq!(layout.areas.is_empty(), !input.areas || input.boxes.is_empty());
    for (number, area) in layout.areas.iter().enumerate() {
        for other in &layout.areas[..number] {
            let apart = !overlap((area.x, area.x + area.width), (other.x, other.x + other.width))
                || !overlap((area.y, area.y + area.height), (other.y, other.y + other.height));
            assert!(apart, "{area:?} is on {other:?}");
        }
        assert!(area.x >= 0 && area.x + area.width <= layout.width, "{area:?} is not within {}", layout.width);
    }
    if input.areas {
        for (place, size) in layout.boxes.iter().zip(&input.boxes) {
            let holds = |area: &&Area| {
                area.x <= place.x
                    && place.x + place.width <= area.x + area.width
                    && area.y <= place.y
                    && place.y + place.height <= area.y + area.height
            };
            let found: Vec<usize> = layout.areas.iter().filter(holds).map(|area| area.group).collect();
            assert_eq!(found, [size.group], "{place:?}");
        }
    }
}

/// Lines begin and end at a side of the right box, within the right row.
fn check_ends(input: &Input, layout: &Layout) {
    for (link, route) in input.links.iter().zip(&layout.routes) {
        let (first, last) = (route.points[0], route.points[route.points.len() - 1]);
        for (port, point, next) in
            [(link.from, first, route.points[1]), (link.to, last, route.points[route.points.len() - 2])]
        {
            let place = layout.boxes[port.node];
            let outwards = if point.0 == place.x { next.0 < point.0 } else { next.0 > point.0 };
            assert!(point.0 == place.x || point.0 == place.x + place.width, "{point:?} is not at a side of {place:?}");
            assert!(outwards && next.1 == point.1, "{point:?} goes into {place:?}");
            assert!((point.1 - place.y - port.y).abs() < 10, "{point:?} is not in the row at {}", place.y + port.y);
        }
        for &(x, y) in &route.points {
            assert!(!layout.boxes.iter().any(|place| inside(place, (x, y))));
            assert!(0 < x && x < layout.width && 0 < y && y < layout.height, "{x}, {y} is outside");
        }
    }
}

/// Lines of different nets have nothing in common but points where they cross.
fn check_apart(mut pieces: Pieces) {
    pieces.sort_unstable();
    for pair in pieces.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let same_track = a.0 == b.0 && a.1 == b.1;
        assert!(!same_track || a.3 == b.3 || a.2.1 < b.2.0, "{a:?} lies on {b:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_schema(input in inputs(0..40)) {
        check(&input);
    }

    #[test]
    fn a_page_has_the_shape_of_a_page(input in inputs(30..90)) {
        let layout = check(&input);
        let aspect = f64::from(layout.width) / f64::from(layout.height);
        prop_assert!((0.9..2.2).contains(&aspect), "{} by {}", layout.width, layout.height);
    }

    #[test]
    fn the_same_every_time(input in inputs(0..25)) {
        prop_assert_eq!(format!("{:?}", layout(&input)), format!("{:?}", layout(&input)));
    }
}

fn boxes(count: usize) -> Vec<Size> {
    vec![Size { width: 200, height: 110, group: 0 }; count]
}

fn link(from: (usize, i32), to: (usize, i32)) -> Link {
    Link { from: Port { node: from.0, y: 40 + 20 * from.1 }, to: Port { node: to.0, y: 40 + 20 * to.1 } }
}

#[test]
fn nothing_and_one() {
    assert_eq!(check(&Input::default()).boxes.len(), 0);
    let one = check(&Input { boxes: boxes(1), links: vec![link((0, 1), (0, 0))], areas: false });
    // A line to itself leaves and arrives on the same side.
    let points = &one.routes[0].points;
    assert_eq!(points.len(), 4, "{points:?}");
    assert_eq!(points[0].0, points[3].0);
}

#[test]
fn parents_stand_before_children() {
    let links = vec![link((1, 1), (0, 0)), link((2, 1), (1, 0)), link((3, 1), (1, 0))];
    let layout = check(&Input { boxes: boxes(4), links, areas: false });
    let place = |node: usize| (layout.boxes[node].x, layout.boxes[node].y);
    assert!(place(0) < place(1) && place(1) < place(2), "{:?}", layout.boxes);
}

#[test]
fn shapes_of_schemas() {
    let star: Vec<Link> = (1..60).map(|node| link((node, 1), (0, 0))).collect();
    let chain: Vec<Link> = (1..60).map(|node| link((node, 1), (node - 1, 0))).collect();
    let circle: Vec<Link> = (0..60).map(|node| link((node, 1), ((node + 1) % 60, 0))).collect();
    for links in [star, chain, circle, Vec::new()] {
        let layout = check(&Input { boxes: boxes(60), links, areas: false });
        let aspect = f64::from(layout.width) / f64::from(layout.height);
        assert!((1.0..2.0).contains(&aspect), "{} by {}", layout.width, layout.height);
    }
}

#[test]
fn lines_to_a_row_join_with_a_dot() {
    let links = vec![link((1, 1), (0, 0)), link((2, 1), (0, 0)), link((3, 1), (0, 0))];
    let layout = check(&Input { boxes: boxes(4), links, areas: false });
    assert_eq!(layout.routes.iter().map(|route| route.net).collect::<Vec<_>>(), [0, 0, 0]);
    assert!(!layout.joints.is_empty());
}

#[test]
fn far_more_tables_than_a_page_holds() {
    let far = |node: usize| link((node, 1), ((node * 7919) % node.max(1), 0));
    let near = |node: usize| link((node, 2), (node - 1 - node % 3, 0));
    let links: Vec<Link> =
        (5..1000).flat_map(|node| [near(node)].into_iter().chain((node % 4 == 0).then(|| far(node)))).collect();
    let boxes = (0..1000).map(|node| Size { width: 200, height: 90 + 20 * (node % 4), group: 0 }).collect();
    let layout = check(&Input { boxes, links, areas: false });
    let aspect = f64::from(layout.width) / f64::from(layout.height);
    assert!((1.0..2.0).contains(&aspect), "{} by {}", layout.width, layout.height);
}
