//! Points of lines: those that are needed, and those where lines of a net join.

use super::Route;
use std::collections::BTreeMap;

/// Without points between which nothing turns.
pub(super) fn straightened(points: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    let mut kept: Vec<(i32, i32)> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., before, last] = kept.as_slice() {
            let level =
                before.1 == last.1 && last.1 == point.1 && (last.0 - before.0).signum() == (point.0 - last.0).signum();
            let upright =
                before.0 == last.0 && last.0 == point.0 && (last.1 - before.1).signum() == (point.1 - last.1).signum();
            if level || upright {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept
}

/// Where three or four pieces of a net meet: with a dot there, a junction is told from a crossing.
pub(super) fn joints(routes: &[Route]) -> Vec<(usize, (i32, i32))> {
    let mut nets: BTreeMap<usize, Vec<&Route>> = BTreeMap::new();
    for route in routes {
        nets.entry(route.net).or_default().push(route);
    }
    let mut joints = Vec::new();
    for (net, routes) in nets {
        if routes.len() > 1 {
            joints.extend(net_joints(&routes).into_iter().map(|point| (net, point)));
        }
    }
    joints
}

fn net_joints(routes: &[&Route]) -> Vec<(i32, i32)> {
    let mut level = Tracks::default();
    let mut upright = Tracks::default();
    let mut corners: Vec<(i32, i32)> = Vec::new();
    for route in routes {
        for pair in route.points.windows(2) {
            if let [a, b] = pair {
                if a.1 == b.1 {
                    level.add(a.1, a.0, b.0);
                } else {
                    upright.add(a.0, a.1, b.1);
                }
            }
        }
        corners.extend(route.points.iter().skip(1).rev().skip(1));
    }
    level.merge();
    upright.merge();
    corners.sort_unstable();
    corners.dedup();
    corners.retain(|&(x, y)| {
        let (left, right) = level.around(y, x);
        let (up, down) = upright.around(x, y);
        [left, right, up, down].into_iter().filter(|&there| there).count() > 2
    });
    corners
}

/// What is covered on each of several parallel lines.
#[derive(Default)]
struct Tracks(BTreeMap<i32, Vec<(i32, i32)>>);

impl Tracks {
    fn add(&mut self, track: i32, a: i32, b: i32) {
        self.0.entry(track).or_default().push((a.min(b), a.max(b)));
    }

    fn merge(&mut self) {
        for spans in self.0.values_mut() {
            spans.sort_unstable();
            let mut merged: Vec<(i32, i32)> = Vec::with_capacity(spans.len());
            for &(low, high) in spans.iter() {
                match merged.last_mut().filter(|last| low <= last.1) {
                    Some(last) => last.1 = last.1.max(high),
                    None => merged.push((low, high)),
                }
            }
            *spans = merged;
        }
    }

    /// Whether the track is covered just before and just after a place.
    fn around(&self, track: i32, at: i32) -> (bool, bool) {
        let Some(spans) = self.0.get(&track) else { return (false, false) };
        let place = spans.partition_point(|span| span.1 < at);
        spans.get(place).filter(|span| span.0 <= at).map_or((false, false), |span| (span.0 < at, at < span.1))
    }
}
