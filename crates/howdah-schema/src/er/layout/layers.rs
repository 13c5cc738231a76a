//! Layers of a cluster: those that are pointed at come before those that point at them.

use super::Input;
use std::collections::BTreeMap;

/// Sweeps over all layers to reduce crossings, there and back.
const SWEEPS: usize = 4;

/// The layers of each cluster.
pub(super) fn all(input: &Input, clusters: &[Vec<usize>]) -> Vec<Vec<Vec<usize>>> {
    let mut cluster_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, nodes) in clusters.iter().enumerate() {
        cluster_of.extend(nodes.iter().map(|&node| (node, number)));
    }
    let mut links: Vec<Vec<(usize, usize)>> = vec![Vec::new(); clusters.len()];
    for link in &input.links {
        let (child, parent) = (link.from.node, link.to.node);
        if let (Some(&cluster), Some(other)) = (cluster_of.get(&child), cluster_of.get(&parent))
            && cluster == *other
            && child != parent
        {
            links[cluster].push((child, parent));
        }
    }
    clusters.iter().zip(&links).map(|(nodes, links)| layers(nodes, links)).collect()
}

fn layers(nodes: &[usize], links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let place: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(place, &node)| (node, place)).collect();
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (child, parent) in links {
        if let (Some(&child), Some(&parent)) = (place.get(child), place.get(parent)) {
            parents[child].push(parent);
            children[parent].push(child);
        }
    }
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (node, layer) in depths(&parents, &children).into_iter().enumerate() {
        if layers.len() <= layer {
            layers.resize(layer + 1, Vec::new());
        }
        layers[layer].push(node);
    }
    for sweep in 0..SWEEPS * 2 {
        let mut at = vec![0.0; nodes.len()];
        for layer in &layers {
            remember(&mut at, layer);
        }
        let forth = sweep % 2 == 0;
        let neighbours = if forth { &parents } else { &children };
        let order: Vec<usize> = if forth { (0..layers.len()).collect() } else { (0..layers.len()).rev().collect() };
        for number in order {
            sort_by_middle(&mut layers[number], neighbours, &at);
            remember(&mut at, &layers[number]);
        }
    }
    layers.retain(|layer| !layer.is_empty());
    layers.into_iter().map(|layer| layer.into_iter().map(|node| nodes[node]).collect()).collect()
}

/// The relative height of each box in its layer, from 0 to 1.
fn remember(at: &mut [f64], layer: &[usize]) {
    for (place, &node) in layer.iter().enumerate() {
        at[node] = (place as f64 + 0.5) / layer.len() as f64;
    }
}

/// The barycenter method; who has no neighbours there stays about where it is.
fn sort_by_middle(layer: &mut [usize], neighbours: &[Vec<usize>], at: &[f64]) {
    let middle = |node: usize| match neighbours[node].as_slice() {
        [] => at[node],
        of => of.iter().map(|&other| at[other]).sum::<f64>() / of.len() as f64,
    };
    layer.sort_by(|&a, &b| middle(a).total_cmp(&middle(b)));
}

/// How far each box is from one that points at nothing. A circle is opened at the box with most children left.
fn depths(parents: &[Vec<usize>], children: &[Vec<usize>]) -> Vec<usize> {
    let mut depth = vec![0; parents.len()];
    let mut waiting: Vec<usize> = parents.iter().map(Vec::len).collect();
    let mut left: Vec<usize> = (0..parents.len()).collect();
    while !left.is_empty() {
        let ready = left.iter().position(|&node| waiting[node] == 0);
        let opened = || {
            let key = |node: usize| {
                let open = children[node].iter().filter(|child| left.contains(child)).count();
                (waiting[node], std::cmp::Reverse(open), node)
            };
            (0..left.len()).min_by_key(|&place| key(left[place]))
        };
        let Some(place) = ready.or_else(opened) else { break };
        let node = left.remove(place);
        for &child in &children[node] {
            waiting[child] = waiting[child].saturating_sub(1);
            if left.contains(&child) {
                depth[child] = depth[child].max(depth[node] + 1);
            }
        }
    }
    depth
}
