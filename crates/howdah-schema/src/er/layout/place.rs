//! Everything's final place.

use super::grid::{Geometry, Grid, Lanes, Upright, geometry, upright};
use super::lanes::{self, Pin, Side, Visit};
use super::ports::{self, side_step};
use super::route::{Path, Step};
use super::{AREA_PAD, Area, Input, LANE, Layout, Place, Route};
use std::collections::BTreeMap;

/// Gives lanes their numbers, widens what they run in, and draws the lines.
pub(super) fn place(input: &Input, grid: &Grid, paths: &[Path]) -> Layout {
    let gap_lanes = gap_lanes(input, grid, paths);
    let mut lanes = Lanes {
        gaps: vec![0; input.boxes.len()],
        gutters: vec![0; grid.gutters()],
        corridors: vec![0; grid.shelves() + 1],
    };
    for &(node, _) in gap_lanes.keys() {
        lanes.gaps[node] += 1;
    }
    let upright = upright(input, grid, &lanes.gaps);
    let heights = Heights::new(input, grid, paths, &upright, &gap_lanes);
    let gutter_lanes = heights.gutter_lanes(grid, paths, &mut lanes.gutters);
    // Across, nothing depends on the corridors: so this is final in x, and tells which lines run side by side there.
    let across = geometry(grid, &upright, &lanes);
    let columns = Columns { grid, at: &across, gutter_lanes: &gutter_lanes };
    let corridor_lanes = columns.corridor_lanes(paths, &mut lanes.corridors);
    let at = geometry(grid, &upright, &lanes);

    let columns = Columns { grid, at: &at, gutter_lanes: &gutter_lanes };
    let routes: Vec<Route> = paths
        .iter()
        .enumerate()
        .map(|(link, path)| columns.route(input, link, path, &heights, &corridor_lanes))
        .collect();
    let boxes = (0..input.boxes.len())
        .map(|node| Place {
            x: at.x[node],
            y: at.y[node],
            width: at.column_width[grid.column_of[node]],
            height: input.boxes[node].height,
        })
        .collect();
    let areas = if input.areas { areas(grid, &at) } else { Vec::new() };
    let joints = super::joints::joints(&routes);
    Layout { width: at.width, height: at.height, boxes, areas, routes, joints }
}

/// For each gap and each net in it: the lane, from above. Nets that come from above run above.
fn gap_lanes(input: &Input, grid: &Grid, paths: &[Path]) -> BTreeMap<(usize, usize), i32> {
    let guess = Lanes::guess(grid);
    let y = upright(input, grid, &guess.gaps).y;
    let below = |node: usize| y[node] + input.boxes[node].height;
    let mut wishes: BTreeMap<usize, BTreeMap<usize, (i64, i64)>> = BTreeMap::new();
    for (link, path) in input.links.iter().zip(paths) {
        let (start, end) = (y[link.from.node] + link.from.y, y[link.to.node] + link.to.y);
        let level = |step: Option<&Step>, otherwise: i32| match step {
            Some(&Step::Gap(node)) => below(node),
            Some(&Step::Corridor(_) | &Step::Gutter(_)) | None => otherwise,
        };
        for (place, step) in path.steps.iter().enumerate() {
            if let &Step::Gap(node) = step {
                let before = level(place.checked_sub(2).and_then(|place| path.steps.get(place)), start);
                let after = level(path.steps.get(place + 2), end);
                let wish = wishes.entry(node).or_default().entry(path.net).or_default();
                wish.0 += i64::from(before) + i64::from(after);
                wish.1 += 2;
            }
        }
    }
    let mut lanes = BTreeMap::new();
    for (node, nets) in wishes {
        let mut nets: Vec<(i64, usize)> =
            nets.into_iter().map(|(net, (sum, count))| (sum / count.max(1), net)).collect();
        nets.sort_unstable();
        for (lane, (_, net)) in nets.into_iter().enumerate() {
            lanes.insert((node, net), i32::try_from(lane).unwrap_or(i32::MAX));
        }
    }
    lanes
}

/// Heights within the shelves.
struct Heights<'a> {
    input: &'a Input,
    grid: &'a Grid,
    upright: &'a Upright,
    gap_lanes: &'a BTreeMap<(usize, usize), i32>,
    /// Where each line leaves and arrives.
    ends: Vec<(i32, i32)>,
}

impl<'a> Heights<'a> {
    fn new(
        input: &'a Input,
        grid: &'a Grid,
        paths: &[Path],
        upright: &'a Upright,
        gap_lanes: &'a BTreeMap<(usize, usize), i32>,
    ) -> Self {
        let mut ends = ports::heights(input, grid, paths);
        for ((ends, link), path) in ends.iter_mut().zip(&input.links).zip(paths) {
            let middle = upright.y[link.from.node] + link.from.y;
            ends.0 += upright.y[link.from.node];
            ends.1 += upright.y[link.to.node];
            // Rows of the same height on both sides of a gutter: a straight line rather than a step of 4 pixels. Nothing
            // else on the other side arrives at the height of the net.
            if path.steps.len() == 1 && path.right.0 != path.right.1 && (middle - ends.1).abs() < LANE / 2 {
                ends.0 = ends.1;
            }
        }
        Self { input, grid, upright, gap_lanes, ends }
    }

    fn gap(&self, node: usize, net: usize) -> i32 {
        let lane = self.gap_lanes.get(&(node, net)).copied().unwrap_or_default();
        let below = self.upright.y[node] + self.input.boxes[node].height;
        below + LANE * (lane + 1) + side_step(self.grid.column_of[node])
    }

    /// How a line gets from one step into the gutter beside it.
    fn pin(&self, step: Step, net: usize, gutter: usize, shelf: usize) -> Pin {
        match step {
            Step::Gap(node) => Pin { at: self.gap(node, net), side: self.side(node, gutter) },
            Step::Corridor(corridor) if corridor == shelf => Pin { at: -LANE * 2, side: Side::End },
            Step::Corridor(_) | Step::Gutter(_) => Pin { at: self.upright.shelf[shelf] + LANE * 2, side: Side::End },
        }
    }

    /// On which side of a gutter a box stands.
    fn side(&self, node: usize, gutter: usize) -> Side {
        if self.grid.left_of(self.grid.column_of[node]) == gutter { Side::Right } else { Side::Left }
    }

    /// The heights at which a line enters and leaves the gutter at a place of its path.
    fn ends(&self, link: usize, path: &Path, place: usize, gutter: usize) -> [Pin; 2] {
        let shelf = self.grid.shelf_of_gutter(gutter);
        let enter = match place.checked_sub(1).and_then(|before| path.steps.get(before)) {
            Some(&step) => self.pin(step, path.net, gutter, shelf),
            None => Pin { at: self.ends[link].0, side: if path.right.0 { Side::Left } else { Side::Right } },
        };
        let leave = match path.steps.get(place + 1) {
            Some(&step) => self.pin(step, path.net, gutter, shelf),
            None => Pin { at: self.ends[link].1, side: if path.right.1 { Side::Left } else { Side::Right } },
        };
        [enter, leave]
    }

    /// The lane of each line in each gutter; lines that cross a gutter without a turn need none.
    fn gutter_lanes(&self, grid: &Grid, paths: &[Path], count: &mut [i32]) -> BTreeMap<(usize, usize), i32> {
        let mut visits: Vec<Vec<Visit>> = vec![Vec::new(); grid.gutters()];
        let mut owners: Vec<Vec<(usize, usize)>> = vec![Vec::new(); grid.gutters()];
        for (link, path) in paths.iter().enumerate() {
            for (place, step) in path.steps.iter().enumerate() {
                let &Step::Gutter(gutter) = step else { continue };
                let ends = self.ends(link, path, place, gutter);
                if ends[0].at == ends[1].at && ends[0].side != ends[1].side {
                    continue;
                }
                visits[gutter].push(Visit { net: path.net, ends });
                owners[gutter].push((link, place));
            }
        }
        let mut result = BTreeMap::new();
        for (gutter, (visits, owners)) in visits.iter().zip(owners).enumerate() {
            let (lanes, lane_count) = lanes::assign(visits);
            count[gutter] = i32::try_from(lane_count).unwrap_or(i32::MAX);
            result
                .extend(owners.into_iter().zip(lanes.into_iter().map(|lane| i32::try_from(lane).unwrap_or(i32::MAX))));
        }
        result
    }
}

/// Places across.
struct Columns<'a> {
    grid: &'a Grid,
    at: &'a Geometry,
    gutter_lanes: &'a BTreeMap<(usize, usize), i32>,
}

impl Columns<'_> {
    fn lane_x(&self, link: usize, place: usize, gutter: usize) -> i32 {
        let lane = self.gutter_lanes.get(&(link, place)).copied().unwrap_or_default();
        self.at.gutter[gutter] + LANE * lane + side_step(self.grid.shelf_of_gutter(gutter))
    }

    /// Where a line comes into a corridor and where it leaves it.
    fn corridor_ends(&self, link: usize, path: &Path, place: usize, corridor: usize) -> Option<[Pin; 2]> {
        let pin = |place: usize| match path.steps.get(place) {
            Some(&Step::Gutter(gutter)) => {
                let side = if self.grid.shelf_of_gutter(gutter) == corridor { Side::Right } else { Side::Left };
                Some(Pin { at: self.lane_x(link, place, gutter), side })
            }
            _ => None,
        };
        Some([pin(place.checked_sub(1)?)?, pin(place + 1)?])
    }

    fn corridor_lanes(&self, paths: &[Path], count: &mut [i32]) -> BTreeMap<(usize, usize), i32> {
        let mut visits: Vec<Vec<Visit>> = vec![Vec::new(); count.len()];
        let mut owners: Vec<Vec<(usize, usize)>> = vec![Vec::new(); count.len()];
        for (link, path) in paths.iter().enumerate() {
            for (place, step) in path.steps.iter().enumerate() {
                let &Step::Corridor(corridor) = step else { continue };
                if let Some(ends) = self.corridor_ends(link, path, place, corridor) {
                    visits[corridor].push(Visit { net: path.net, ends });
                    owners[corridor].push((link, place));
                }
            }
        }
        let mut result = BTreeMap::new();
        for (corridor, (visits, owners)) in visits.iter().zip(owners).enumerate() {
            let (lanes, lane_count) = lanes::assign(visits);
            count[corridor] = i32::try_from(lane_count).unwrap_or(i32::MAX);
            result
                .extend(owners.into_iter().zip(lanes.into_iter().map(|lane| i32::try_from(lane).unwrap_or(i32::MAX))));
        }
        result
    }

    /// The line itself.
    fn route(
        &self,
        input: &Input,
        link: usize,
        path: &Path,
        heights: &Heights<'_>,
        corridor_lanes: &BTreeMap<(usize, usize), i32>,
    ) -> Route {
        let (from, to) = (input.links[link].from.node, input.links[link].to.node);
        let side = |node: usize, right: bool| {
            self.at.x[node] + if right { self.at.column_width[self.grid.column_of[node]] } else { 0 }
        };
        let shelf_top = |node: usize| self.at.shelf[self.grid.columns[self.grid.column_of[node]].shelf];
        let start = (side(from, path.right.0), heights.ends[link].0 + shelf_top(from));
        let end = (side(to, path.right.1), heights.ends[link].1 + shelf_top(to));
        let mut points = vec![start];
        let mut y = start.1;
        for (place, step) in path.steps.iter().enumerate() {
            match *step {
                Step::Gutter(gutter) => {
                    let x = self.lane_x(link, place, gutter);
                    points.push((x, y));
                    y = match path.steps.get(place + 1) {
                        Some(&Step::Gap(node)) => heights.gap(node, path.net) + shelf_top(node),
                        Some(&Step::Corridor(corridor)) => {
                            let lane = corridor_lanes.get(&(link, place + 1)).copied().unwrap_or_default();
                            let (top, apart) = self.at.corridor[corridor];
                            top + LANE + apart * lane
                        }
                        Some(Step::Gutter(_)) | None => end.1,
                    };
                    points.push((x, y));
                }
                Step::Gap(_) | Step::Corridor(_) => {}
            }
        }
        points.push(end);
        Route { points: super::joints::straightened(points), net: path.net }
    }
}

/// The ground under each group. Parts of a group that stand side by side have one ground.
fn areas(grid: &Grid, at: &Geometry) -> Vec<Area> {
    let mut areas: Vec<(Area, usize, bool)> = Vec::new();
    for (band, &(top, bottom)) in grid.bands.iter().zip(&at.bands) {
        let Some(last) = band.columns.end.checked_sub(1) else { continue };
        let x = at.column_x[band.columns.start] - AREA_PAD;
        let end = at.column_x[last] + at.column_width[last] + AREA_PAD;
        let label = at.column_width[band.columns.start];
        if let Some((area, shelf, alone)) = areas.last_mut()
            && *alone
            && band.alone
            && area.group == band.group
            && *shelf == band.shelf
        {
            area.width = end - area.x;
            area.height = area.height.max(bottom - area.y);
            continue;
        }
        let area = Area { group: band.group, x, y: top, width: end - x, height: bottom - top, label };
        areas.push((area, band.shelf, band.alone));
    }
    areas.into_iter().map(|(area, ..)| area).collect()
}
