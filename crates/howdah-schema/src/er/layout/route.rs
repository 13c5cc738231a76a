//! Which gutters, gaps and corridors each line takes.

use super::grid::{Geometry, Grid, Lanes, geometry, upright};
use super::{Input, LANE, Link, Port};
use std::collections::BTreeMap;

/// What a line is willing to go round rather than turn once more.
const BEND: i32 = 40;
/// What it is willing to go round rather than share a gap or a corridor with one more.
const CROWD: i32 = 6;

/// A piece of the page that lines run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Up or down beside a column.
    Gutter(usize),
    /// Across below this box.
    Gap(usize),
    /// Across between two shelves.
    Corridor(usize),
}

/// The way of a line: gutters, and between each two of them a gap or a corridor.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    pub(super) net: usize,
    /// From the referencing row.
    pub(super) steps: Vec<Step>,
    /// Whether it leaves and arrives at the right side.
    pub(super) right: (bool, bool),
}

/// One path for each link. Links to the same row have the same net; nets are numbered in the order of these rows.
pub(super) fn route(input: &Input, grid: &Grid) -> Vec<Path> {
    let mut nets: BTreeMap<Port, Vec<usize>> = BTreeMap::new();
    for (number, link) in input.links.iter().enumerate() {
        nets.entry(link.to).or_default().push(number);
    }
    let lanes = Lanes::guess(grid);
    let at = geometry(grid, &upright(input, grid, &lanes.gaps), &lanes);
    let mut router = Router {
        input,
        grid,
        at,
        used: vec![0; input.boxes.len() + grid.gutters() + grid.shelves() + 1],
        owner: vec![usize::MAX; input.boxes.len() + grid.gutters() + grid.shelves() + 1],
        net: 0,
    };
    let mut paths = vec![Path::default(); input.links.len()];
    for (net, (_, mut links)) in nets.into_iter().enumerate() {
        // The near ones first: those from further away join them.
        links.sort_by_key(|&link| (router.apart(&input.links[link]), link));
        router.net = net;
        for link in links {
            let mut path = router.path(&input.links[link]);
            path.net = net;
            for &step in &path.steps {
                let number = router.number(step);
                if router.owner[number] != net {
                    router.owner[number] = net;
                    router.used[number] += 1;
                }
            }
            paths[link] = path;
        }
    }
    paths
}

struct Router<'a> {
    input: &'a Input,
    grid: &'a Grid,
    at: Geometry,
    /// How many nets are in each step, by its number.
    used: Vec<i32>,
    /// The last net that came into each step.
    owner: Vec<usize>,
    /// The net at hand.
    net: usize,
}

/// A way under construction: where it has come to and what it has cost.
#[derive(Debug, Clone)]
struct Way {
    steps: Vec<Step>,
    x: i32,
    y: i32,
    cost: i32,
}

impl Router<'_> {
    fn y(&self, port: Port) -> i32 {
        self.at.y[port.node] + port.y
    }

    fn apart(&self, link: &Link) -> i32 {
        let (from, to) = (link.from, link.to);
        (self.at.x[from.node] - self.at.x[to.node]).abs() + (self.y(from) - self.y(to)).abs()
    }

    fn shelf(&self, node: usize) -> usize {
        self.grid.columns[self.grid.column_of[node]].shelf
    }

    /// The cheapest over both sides of both boxes.
    fn path(&self, link: &Link) -> Path {
        let (from, to) = (link.from, link.to);
        let gutter = |port: Port, right: bool| self.grid.left_of(self.grid.column_of[port.node]) + usize::from(right);
        let same_shelf = self.shelf(from.node) == self.shelf(to.node);
        let mut best: Option<(i32, Path)> = None;
        // Parents tend to stand on the left, so a line tends to leave at the left and arrive at the right.
        for right in [(false, true), (true, false), (false, false), (true, true)] {
            let (start, end) = (gutter(from, right.0), gutter(to, right.1));
            let begin = Way { steps: Vec::new(), x: self.at.gutter[start], y: self.y(from), cost: 0 };
            let begin = self.enter_gutter(begin, start);
            let mut ways = Vec::new();
            if start == end {
                ways.push(self.within(begin, self.y(to)));
            } else if same_shelf {
                let shelf = self.shelf(from.node);
                ways.push(self.through_gaps(begin.clone(), shelf, start, end, self.y(to)));
                for corridor in [shelf, shelf + 1] {
                    let way = self.along_corridor(begin.clone(), corridor, end);
                    ways.push(self.within(way, self.y(to)));
                }
            } else {
                ways.push(self.through_shelves(begin, link, end));
            }
            for way in ways {
                if best.as_ref().is_none_or(|(cost, _)| way.cost < *cost) {
                    best = Some((way.cost, Path { net: 0, steps: way.steps, right }));
                }
            }
        }
        best.map(|(_, path)| path).unwrap_or_default()
    }

    fn number(&self, step: Step) -> usize {
        match step {
            Step::Gap(node) => node,
            Step::Gutter(gutter) => self.input.boxes.len() + gutter,
            Step::Corridor(corridor) => self.input.boxes.len() + self.grid.gutters() + corridor,
        }
    }

    /// Whether the net at hand is in it already.
    fn is_mine(&self, step: Step) -> bool {
        self.owner[self.number(step)] == self.net
    }

    /// Half the price where a line of the net runs already.
    fn price(&self, step: Step, length: i32) -> i32 {
        if self.is_mine(step) { length / 2 } else { length }
    }

    fn crowd(&self, step: Step) -> i32 {
        if self.is_mine(step) { 0 } else { CROWD * self.used[self.number(step)] }
    }

    fn enter_gutter(&self, mut way: Way, gutter: usize) -> Way {
        let step = Step::Gutter(gutter);
        way.cost += self.crowd(step);
        way.steps.push(step);
        way.x = self.at.gutter[gutter];
        way
    }

    /// Up or down in the gutter that it is in.
    fn within(&self, mut way: Way, y: i32) -> Way {
        if let Some(&step) = way.steps.last() {
            way.cost += self.price(step, (way.y - y).abs());
        }
        way.y = y;
        way
    }

    /// Along a corridor into another gutter.
    fn along_corridor(&self, way: Way, corridor: usize, gutter: usize) -> Way {
        let step = Step::Corridor(corridor);
        let mut way = self.within(way, self.at.corridor[corridor].0 + LANE);
        let x = self.at.gutter[gutter];
        way.cost += BEND + self.crowd(step) + self.price(step, (way.x - x).abs());
        way.steps.push(step);
        self.enter_gutter(way, gutter)
    }

    /// Through the columns between two gutters of a shelf, each time by the gap that is least out of the way.
    fn through_gaps(&self, mut way: Way, shelf: usize, start: usize, end: usize, y: i32) -> Way {
        let forth = start < end;
        let gutters: Vec<usize> = if forth { (start + 1..=end).collect() } else { (end..start).rev().collect() };
        for gutter in gutters {
            let column = self.grid.column_after(if forth { gutter - 1 } else { gutter }, shelf);
            let gap = self.grid.columns[column].nodes.iter().copied().min_by_key(|&node| {
                let height = self.below(node);
                let step = Step::Gap(node);
                let detour = (height - way.y).abs() + (height - y).abs();
                (self.price(step, detour) + self.crowd(step) * 2, node)
            });
            let Some(gap) = gap else { continue };
            let step = Step::Gap(gap);
            let x = self.at.gutter[gutter];
            way = self.within(way, self.below(gap));
            way.cost += BEND + self.crowd(step) * 2 + self.price(step, (way.x - x).abs());
            way.steps.push(step);
            way = self.enter_gutter(way, gutter);
        }
        self.within(way, y)
    }

    fn below(&self, node: usize) -> i32 {
        self.at.y[node] + self.input.boxes[node].height + LANE
    }

    /// From shelf to shelf; those between are crossed in the gutter that is least out of the way.
    fn through_shelves(&self, mut way: Way, link: &Link, end: usize) -> Way {
        let (from, to) = (self.shelf(link.from.node), self.shelf(link.to.node));
        let x = self.at.gutter[end];
        let between: Vec<usize> = if from < to { (from + 1..to).collect() } else { (to + 1..from).rev().collect() };
        for shelf in between {
            let gutter = self.grid.gutters_of(shelf).min_by_key(|&gutter| {
                let own = self.at.gutter[gutter];
                let step = Step::Gutter(gutter);
                (self.price(step, (own - way.x).abs() + (own - x).abs()) + self.crowd(step), gutter)
            });
            let Some(gutter) = gutter else { continue };
            way = self.along_corridor(way, if from < to { shelf } else { shelf + 1 }, gutter);
        }
        let way = self.along_corridor(way, if from < to { to } else { to + 1 }, end);
        self.within(way, self.y(link.to))
    }
}
