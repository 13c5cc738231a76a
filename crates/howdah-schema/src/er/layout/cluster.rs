//! Which boxes belong together, and in which order they are met.

use super::{Input, layers};
use std::collections::{BTreeMap, BTreeSet};

/// A cluster that is larger is cut where it holds together least.
const CLUSTER: usize = 24;
/// A group that is larger is laid out in parts.
const BLOCK: usize = 36;

/// Boxes of one group that stand together, in one order that is to be wrapped into columns.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) group: usize,
    pub(super) order: Vec<usize>,
    /// Before each box: what ends there.
    pub(super) borders: Vec<Border>,
}

/// What ends between a box and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Border {
    Nothing,
    Layer,
    Cluster,
}

/// The blocks of all groups, in the order of the groups.
pub(super) fn blocks(input: &Input) -> Vec<Block> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, size) in input.boxes.iter().enumerate() {
        groups.entry(size.group).or_default().push(node);
    }
    let neighbours = Weights::of(input);
    let mut blocks = Vec::new();
    for (group, nodes) in groups {
        blocks.extend(group_blocks(input, group, &nodes, &neighbours));
    }
    blocks
}

/// How many links there are between two boxes, both ways, without those to itself.
pub(super) struct Weights(Vec<Vec<(usize, u32)>>);

impl Weights {
    pub(super) fn of(input: &Input) -> Self {
        let mut weights: Vec<BTreeMap<usize, u32>> = vec![BTreeMap::new(); input.boxes.len()];
        for link in &input.links {
            let (a, b) = (link.from.node, link.to.node);
            if a != b {
                *weights[a].entry(b).or_default() += 1;
                *weights[b].entry(a).or_default() += 1;
            }
        }
        Self(weights.into_iter().map(|weights| weights.into_iter().collect()).collect())
    }

    pub(super) fn from(&self, node: usize) -> &[(usize, u32)] {
        &self.0[node]
    }
}

fn group_blocks(input: &Input, group: usize, nodes: &[usize], weights: &Weights) -> Vec<Block> {
    let (clusters, loose) = clusters(nodes, weights);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = Block { group, order: Vec::new(), borders: Vec::new() };
    let whole = nodes.len() <= BLOCK;
    let ordered = layers::all(input, &clusters);
    for layers in ordered.into_iter().chain(loose.into_iter().map(|node| vec![vec![node]])) {
        let size: usize = layers.iter().map(Vec::len).sum();
        if !whole && !open.order.is_empty() && open.order.len() + size > BLOCK {
            blocks.push(std::mem::replace(&mut open, Block { group, order: Vec::new(), borders: Vec::new() }));
        }
        for (number, layer) in layers.into_iter().enumerate() {
            for (place, node) in layer.into_iter().enumerate() {
                open.order.push(node);
                open.borders.push(match (number, place) {
                    (0, 0) => Border::Cluster,
                    (_, 0) => Border::Layer,
                    _ => Border::Nothing,
                });
            }
        }
    }
    blocks.push(open);
    blocks
}

/// Clusters of at least two boxes, those that have much in common one after another; and the boxes without links within
/// the group.
fn clusters(nodes: &[usize], weights: &Weights) -> (Vec<Vec<usize>>, Vec<usize>) {
    let place: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(place, &node)| (node, place)).collect();
    // Each begins as a cluster of its own; clusters with most links for their size are joined in pairs until all are full.
    let mut members: Vec<Vec<usize>> = nodes.iter().map(|&node| vec![node]).collect();
    let mut links: Vec<BTreeMap<usize, u32>> = nodes
        .iter()
        .map(|&node| {
            weights.from(node).iter().filter_map(|&(other, weight)| Some((*place.get(&other)?, weight))).collect()
        })
        .collect();
    loop {
        let mut pairs: Vec<(u64, usize, usize)> = Vec::new();
        for (a, links) in links.iter().enumerate() {
            for (&b, &weight) in links.range(a + 1..) {
                let (small, large) = (members[a].len().min(members[b].len()), members[a].len().max(members[b].len()));
                if small + large <= CLUSTER {
                    // Few links between two large clusters say less than one link of a table that has no other.
                    let score = u64::from(weight) * 1_000_000 / (small as u64 * (small + large) as u64);
                    pairs.push((score, a, b));
                }
            }
        }
        pairs.sort_by_key(|&(score, a, b)| (std::cmp::Reverse(score), a, b));
        let mut joined = vec![false; members.len()];
        let mut any = false;
        for (_, a, b) in pairs {
            if joined[a] || joined[b] {
                continue;
            }
            (joined[a], joined[b], any) = (true, true, true);
            let moved = std::mem::take(&mut members[b]);
            members[a].extend(moved);
            for (other, weight) in std::mem::take(&mut links[b]) {
                links[other].remove(&b);
                if other != a {
                    *links[a].entry(other).or_default() += weight;
                    *links[other].entry(a).or_default() += weight;
                }
            }
        }
        if !any {
            break;
        }
    }
    let loose = members.iter().filter(|members| members.len() == 1).flatten().copied().collect();
    let kept: Vec<usize> = (0..members.len()).filter(|&cluster| members[cluster].len() > 1).collect();
    let chain = chain(&kept, |cluster| (members[cluster].len() as f64, &links[cluster]));
    (chain.into_iter().map(|cluster| std::mem::take(&mut members[cluster])).collect(), loose)
}

/// An order in which each thing follows those that it has most to do with. It begins with the largest.
pub(super) fn chain<'a>(things: &[usize], of: impl Fn(usize) -> (f64, &'a BTreeMap<usize, u32>)) -> Vec<usize> {
    let mut left: BTreeSet<usize> = things.iter().copied().collect();
    let mut pull: BTreeMap<usize, f64> = BTreeMap::new();
    let mut order = Vec::with_capacity(things.len());
    while !left.is_empty() {
        let best = left.iter().copied().max_by(|&a, &b| {
            let key = |thing: usize| (pull.get(&thing).copied().unwrap_or_default(), of(thing).0);
            let ((pull_a, size_a), (pull_b, size_b)) = (key(a), key(b));
            // Of equals the first.
            pull_a.total_cmp(&pull_b).then(size_a.total_cmp(&size_b)).then(b.cmp(&a))
        });
        let Some(best) = best else { break };
        left.remove(&best);
        order.push(best);
        for pull in pull.values_mut() {
            *pull *= 0.6;
        }
        for (&other, &weight) in of(best).1 {
            *pull.entry(other).or_default() += f64::from(weight);
        }
    }
    order
}
