//! Blocks become columns, columns become shelves, shelves a page.

use super::cluster::{Block, Border, Weights, chain};
use super::grid::{Geometry, Grid, Lanes, geometry, upright};
use super::{AREA_GAP, AREA_HEADER, ASPECT, CLOSE_LANE, GAP, Input, LANE, MARGIN};
use std::collections::BTreeMap;

/// Heights of shelves that are tried.
const HEIGHTS: usize = 14;
/// Steps of work that may be spent on trying other orders, in boxes and links walked.
const BUDGET: usize = 400_000;
/// What a gutter is taken to be wide before the lanes in it are known.
pub(super) const GUTTER: i32 = MARGIN * 2 + 10;

/// The page in shelves.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) shelves: Vec<Shelf>,
}

/// Stacks side by side.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    pub(super) stacks: Vec<Stack>,
}

/// Bands one below another, in common columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Stack {
    pub(super) bands: Vec<Band>,
}

impl Stack {
    pub(super) fn columns(&self) -> usize {
        self.bands.iter().map(|band| band.columns.len()).max().unwrap_or_default()
    }
}

/// A block in its columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Band {
    pub(super) group: usize,
    pub(super) columns: Vec<Vec<usize>>,
}

/// Packs.
pub(super) fn pack(input: &Input, blocks: &[Block]) -> Plan {
    let weights = Weights::of(input);
    let order = block_order(input, blocks, &weights);
    let total: i32 = input.boxes.iter().map(|size| size.height + GAP).sum();
    let tallest = input.boxes.iter().map(|size| size.height).max().unwrap_or_default() + AREA_HEADER;

    let mut best: Option<(f64, Packer<'_>, usize)> = None;
    let mut tried = Vec::new();
    for step in 0..HEIGHTS {
        let span = f64::from(total.max(tallest)) / f64::from(tallest);
        let height = f64::from(tallest) * span.powf(step as f64 / (HEIGHTS - 1) as f64);
        let packer = Packer::new(input, blocks, height as i32);
        if tried.contains(&packer.wraps) {
            continue;
        }
        tried.push(packer.wraps.clone());
        let likely = packer.likely_shelves(&order);
        for shelves in likely.saturating_sub(1).max(1)..=likely + 1 {
            let score = packer.score(&packer.assemble(&order, shelves));
            if best.as_ref().is_none_or(|(best, ..)| score < *best) {
                best = Some((score, packer.clone(), shelves));
            }
        }
    }
    let Some((score, packer, shelves)) = best else { return Plan::default() };
    let order = packer.improve_order(order, shelves, score);
    let mut plan = packer.assemble(&order, shelves);
    improve_columns(input, &weights, &mut plan);
    plan
}

/// Blocks that have much in common one after another.
fn block_order(input: &Input, blocks: &[Block], weights: &Weights) -> Vec<usize> {
    let mut block_of = vec![0; input.boxes.len()];
    for (number, block) in blocks.iter().enumerate() {
        for &node in &block.order {
            block_of[node] = number;
        }
    }
    let mut between: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); blocks.len()];
    for node in 0..input.boxes.len() {
        for &(other, weight) in weights.from(node) {
            let (a, b) = (block_of[node], block_of[other]);
            if a != b {
                *between[a].entry(b).or_default() += weight;
            }
        }
    }
    let all: Vec<usize> = (0..blocks.len()).collect();
    chain(&all, |block| (blocks[block].order.len() as f64, &between[block]))
}

/// Packs for one height of shelves.
#[derive(Clone)]
struct Packer<'a> {
    input: &'a Input,
    blocks: &'a [Block],
    height: i32,
    /// The columns of each block.
    wraps: Vec<Vec<Vec<usize>>>,
    /// Width and height of each block.
    sizes: Vec<(i32, i32)>,
}

impl<'a> Packer<'a> {
    fn new(input: &'a Input, blocks: &'a [Block], height: i32) -> Self {
        let wraps: Vec<Vec<Vec<usize>>> = blocks.iter().map(|block| wrap(input, block, height)).collect();
        let sizes = wraps
            .iter()
            .map(|columns| {
                let width: i32 = columns.iter().map(|column| widest(input, column) + GUTTER).sum();
                (width, columns.iter().map(|column| column_height(input, column)).max().unwrap_or_default())
            })
            .collect();
        Self { input, blocks, height, wraps, sizes }
    }

    fn header(&self) -> i32 {
        if self.input.areas { AREA_HEADER } else { 0 }
    }

    /// How many shelves give a page of the right shape.
    fn likely_shelves(&self, order: &[usize]) -> usize {
        let stacks = self.stacks(order);
        let width: i32 = stacks.iter().map(|stack| self.stack_size(stack).0).sum();
        let height = stacks.iter().map(|stack| self.stack_size(stack).1).max().unwrap_or(1);
        (f64::from(width) / (ASPECT * f64::from(height + GUTTER))).sqrt().round().max(1.0) as usize
    }

    fn stack_size(&self, stack: &[usize]) -> (i32, i32) {
        let width = stack.iter().map(|&block| self.sizes[block].0).max().unwrap_or_default();
        let heights = stack.iter().map(|&block| self.sizes[block].1 + self.header() + AREA_GAP).sum();
        (width, heights)
    }

    /// Blocks that stand one below another, because each has room for the next.
    fn stacks(&self, order: &[usize]) -> Vec<Vec<usize>> {
        let mut stacks: Vec<Vec<usize>> = Vec::new();
        for &block in order {
            let fits = stacks.last_mut().filter(|stack| {
                let (_, height) = self.stack_size(stack);
                let columns = stack.iter().map(|&block| self.wraps[block].len()).max().unwrap_or_default();
                // Side by side where both would leave half of the width empty.
                let alike = columns == self.wraps[block].len() || columns.max(self.wraps[block].len()) <= 2;
                alike && height + self.header() + self.sizes[block].1 <= self.height * 23 / 20
            });
            match fits {
                Some(stack) => stack.push(block),
                None => stacks.push(vec![block]),
            }
        }
        stacks
    }

    fn assemble(&self, order: &[usize], shelves: usize) -> Plan {
        let stacks = self.stacks(order);
        let total: i32 = stacks.iter().map(|stack| self.stack_size(stack).0).sum();
        let wanted = total / i32::try_from(shelves).unwrap_or(1).max(1);
        let mut plan = Plan::default();
        let mut open = Shelf::default();
        let mut width = 0;
        for stack in stacks {
            let own = self.stack_size(&stack).0;
            if !open.stacks.is_empty() && width + own / 2 > wanted && plan.shelves.len() + 1 < shelves {
                plan.shelves.push(std::mem::take(&mut open));
                width = 0;
            }
            width += own;
            let band = |&block: &usize| Band { group: self.blocks[block].group, columns: self.wraps[block].clone() };
            open.stacks.push(Stack { bands: stack.iter().map(band).collect() });
        }
        plan.shelves.push(open);
        plan
    }

    /// Less is better: a page of the right shape, short lines, no paper wasted.
    fn score(&self, plan: &Plan) -> f64 {
        let at = provisional(self.input, plan);
        let (mut lines, mut across, mut upright) = (0.0, 0.0, 0.0);
        for link in &self.input.links {
            let (from, to) = (link.from.node, link.to.node);
            lines += length(&at, self.input, from, to);
            upright += f64::from((at.y[from] - at.y[to]).abs());
            // Further than a few columns, or to another shelf: most of it will be in a corridor.
            let far = f64::from((at.x[from] - at.x[to]).abs());
            if at.y[from].abs_diff(at.y[to]) > self.height.unsigned_abs() || far > 1200.0 {
                across += far;
            }
        }
        // Lines need room too: in corridors those that go far, in gutters those that go up and down.
        let (width, height) = (f64::from(at.width), f64::from(at.height));
        let taller = height + across / width * f64::from(CLOSE_LANE) * 1.6;
        let wider = width + upright / height * f64::from(LANE);
        let aspect = (wider / taller / ASPECT).ln().abs();
        let boxes: f64 = self.input.boxes.iter().map(|b| f64::from(b.width) * f64::from(b.height)).sum();
        let paper = wider * taller;
        let typical = boxes.sqrt() * (self.input.links.len().max(1) as f64);
        4.0 * aspect * aspect + (paper / boxes).ln() * 0.5 + lines / typical
    }

    /// Swaps blocks as long as that helps and the budget lasts.
    fn improve_order(&self, mut order: Vec<usize>, shelves: usize, mut score: f64) -> Vec<usize> {
        let cost = self.input.boxes.len() * 2 + self.input.links.len();
        let mut left = BUDGET / cost.max(1);
        let mut improved = true;
        while improved {
            improved = false;
            for distance in 1..order.len() {
                for first in 0..order.len() - distance {
                    if left == 0 {
                        return order;
                    }
                    left -= 1;
                    order.swap(first, first + distance);
                    let tried = self.score(&self.assemble(&order, shelves));
                    if tried + 1e-9 < score {
                        (score, improved) = (tried, true);
                    } else {
                        order.swap(first, first + distance);
                    }
                }
            }
        }
        order
    }
}

/// The page before the lanes are known.
fn provisional(input: &Input, plan: &Plan) -> Geometry {
    let grid = Grid::new(input, plan);
    let lanes = Lanes::guess(&grid);
    geometry(&grid, &upright(input, &grid, &lanes.gaps), &lanes)
}

fn swap(at: &mut Geometry, a: usize, b: usize) {
    at.x.swap(a, b);
    at.y.swap(a, b);
}

/// About how long a line between two boxes is.
fn length(at: &Geometry, input: &Input, a: usize, b: usize) -> f64 {
    let x = |node: usize| at.x[node] + input.boxes[node].width / 2;
    let y = |node: usize| at.y[node] + input.boxes[node].height / 2;
    f64::from((x(a) - x(b)).abs()) * 0.7 + f64::from((y(a) - y(b)).abs())
}

fn widest(input: &Input, column: &[usize]) -> i32 {
    column.iter().map(|&node| input.boxes[node].width).max().unwrap_or_default()
}

fn column_height(input: &Input, column: &[usize]) -> i32 {
    column.iter().map(|&node| input.boxes[node].height + GAP).sum::<i32>() - GAP
}

/// Cuts a block's order into columns of about the height, where possible between layers: the cheapest of all ways.
fn wrap(input: &Input, block: &Block, height: i32) -> Vec<Vec<usize>> {
    let count = block.order.len();
    let wanted = f64::from(height);
    let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
    for end in 1..=count {
        let (mut cheapest, mut cut) = (f64::INFINITY, end - 1);
        let mut column = -GAP;
        for start in (0..end).rev() {
            column += input.boxes[block.order[start]].height + GAP;
            let off = (f64::from(column) - wanted) / wanted;
            let fit = if off > 0.0 { off * off * 8.0 } else { off * off * if end == count { 0.5 } else { 1.0 } };
            let border = match block.borders[start] {
                Border::Cluster => 0.0,
                Border::Layer => 0.04,
                Border::Nothing => 0.25,
            };
            let cost = best[start].0 + fit + if start == 0 { 0.0 } else { border };
            if cost < cheapest {
                (cheapest, cut) = (cost, start);
            }
            if off > 0.5 {
                break;
            }
        }
        best.push((cheapest, cut));
    }
    let mut columns = Vec::new();
    let mut end = count;
    while end > 0 {
        let start = best[end].1;
        columns.push(block.order[start..end].to_vec());
        end = start;
    }
    columns.reverse();
    columns
}

/// Swaps boxes of a band where that makes lines shorter.
fn improve_columns(input: &Input, weights: &Weights, plan: &mut Plan) {
    for _ in 0..3 {
        let mut at = provisional(input, plan);
        let mut any = false;
        for band in plan.shelves.iter_mut().flat_map(|shelf| &mut shelf.stacks).flat_map(|stack| &mut stack.bands) {
            let places: Vec<(usize, usize)> = (0..band.columns.len())
                .flat_map(|column| (0..band.columns[column].len()).map(move |cell| (column, cell)))
                .collect();
            for (number, &(column_a, cell_a)) in places.iter().enumerate() {
                for &(column_b, cell_b) in &places[number + 1..] {
                    let (a, b) = (band.columns[column_a][cell_a], band.columns[column_b][cell_b]);
                    if weights.from(a).is_empty() && weights.from(b).is_empty() {
                        continue;
                    }
                    let taller = (input.boxes[a].height - input.boxes[b].height).abs();
                    if column_a != column_b && taller > 60 {
                        continue;
                    }
                    let cost = |at: &Geometry| {
                        let lines = |node: usize| {
                            let of = weights.from(node).iter();
                            of.map(|&(other, weight)| length(at, input, node, other) * f64::from(weight)).sum::<f64>()
                        };
                        lines(a) + lines(b)
                    };
                    let before = cost(&at);
                    swap(&mut at, a, b);
                    if cost(&at) + 20.0 < before {
                        band.columns[column_a][cell_a] = b;
                        band.columns[column_b][cell_b] = a;
                        any = true;
                    } else {
                        swap(&mut at, a, b);
                    }
                }
            }
        }
        if !any {
            break;
        }
    }
}
