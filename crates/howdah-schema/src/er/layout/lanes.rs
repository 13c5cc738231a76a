//! Lanes of one gutter or corridor: which net runs beside which.
//!
//! Words are those of a gutter, whose lanes are numbered from the left; a corridor is a gutter lying down, with above for
//! left.

use super::LANE;

/// Rounds of exchanging neighbours.
const ROUNDS: usize = 12;
/// With more lanes than this, width counts for more than a few crossings.
const WIDE: usize = 10;

/// One line's way along the gutter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) net: usize,
    /// Where it comes in and where it goes out.
    pub(super) ends: [Pin; 2],
}

/// Where a line enters or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pin {
    pub(super) at: i32,
    pub(super) side: Side,
}

/// On which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Left,
    Right,
    /// At the gutter's own end.
    End,
}

/// The lane of each visit, and how many lanes there are. Visits of one net that touch share a lane.
pub(super) fn assign(visits: &[Visit]) -> (Vec<usize>, usize) {
    let (pieces, piece_of) = pieces(visits);
    let lanes = order(&pieces);
    let count = lanes.iter().map(|lane| lane + 1).max().unwrap_or_default();
    (piece_of.into_iter().map(|piece| lanes[piece]).collect(), count)
}

/// What a net occupies without a break.
#[derive(Debug)]
struct Piece {
    low: i32,
    high: i32,
    pins: Vec<Pin>,
}

impl Piece {
    /// Whether they may not stand in one lane.
    fn meets(&self, other: &Self) -> bool {
        self.low < other.high + LANE && other.low < self.high + LANE
    }

    /// How often lines cross where this is to the left of the other.
    fn crossings_left_of(&self, other: &Self) -> usize {
        let within = |at: i32, piece: &Self| piece.low <= at && at <= piece.high;
        let own = self.pins.iter().filter(|pin| pin.side == Side::Right && within(pin.at, other)).count();
        let others = other.pins.iter().filter(|pin| pin.side == Side::Left && within(pin.at, self)).count();
        own + others
    }
}

fn pieces(visits: &[Visit]) -> (Vec<Piece>, Vec<usize>) {
    let span = |visit: &Visit| {
        let [a, b] = visit.ends.map(|pin| pin.at);
        (a.min(b), a.max(b))
    };
    let mut order: Vec<usize> = (0..visits.len()).collect();
    order.sort_by_key(|&visit| (visits[visit].net, span(&visits[visit]), visit));
    let mut pieces: Vec<Piece> = Vec::new();
    let mut piece_of = vec![0; visits.len()];
    let mut net = None;
    for number in order {
        let visit = &visits[number];
        let (low, high) = span(visit);
        match pieces.last_mut().filter(|piece| net == Some(visit.net) && low < piece.high + LANE) {
            Some(piece) => {
                piece.high = piece.high.max(high);
                piece.pins.extend(visit.ends);
            }
            None => pieces.push(Piece { low, high, pins: visit.ends.to_vec() }),
        }
        net = Some(visit.net);
        piece_of[number] = pieces.len() - 1;
    }
    for piece in &mut pieces {
        piece.pins.sort_unstable();
        piece.pins.dedup();
    }
    (pieces, piece_of)
}

/// Lanes such that pieces that meet have different ones, in an order that makes few crossings.
fn order(pieces: &[Piece]) -> Vec<usize> {
    let count = |piece: &Piece, side: Side| piece.pins.iter().filter(|pin| pin.side == side).count();
    // What turns back to the left stays at the left, the short within the long; likewise at the right.
    let key = |piece: &Piece| {
        let (left, right) = (count(piece, Side::Left), count(piece, Side::Right));
        let length = piece.high - piece.low;
        match (left, right) {
            (_, 0) => (0, length, piece.low),
            (0, _) => (2, -length, piece.low),
            _ => (1, 0, piece.low),
        }
    };
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|&piece| (key(&pieces[piece]), piece));
    for _ in 0..ROUNDS {
        let mut any = false;
        for place in 1..order.len() {
            let (a, b) = (&pieces[order[place - 1]], &pieces[order[place]]);
            if a.meets(b) && b.crossings_left_of(a) < a.crossings_left_of(b) {
                order.swap(place - 1, place);
                any = true;
            }
        }
        if !any {
            break;
        }
    }
    let strict = strict_lanes(pieces, &order);
    let count = |lanes: &[usize]| lanes.iter().max().map_or(0, |lane| lane + 1);
    if count(&strict) <= WIDE {
        return strict;
    }
    let tight = tight_lanes(pieces, &order);
    if count(&tight) * 5 < count(&strict) * 4 { tight } else { strict }
}

/// The order is kept among all that meet. Where many are in a chain this takes more lanes than run side by side anywhere.
fn strict_lanes(pieces: &[Piece], order: &[usize]) -> Vec<usize> {
    let mut lanes = vec![0; pieces.len()];
    for (place, &piece) in order.iter().enumerate() {
        let before = order[..place].iter().filter(|&&other| pieces[other].meets(&pieces[piece]));
        lanes[piece] = before.map(|&other| lanes[other] + 1).max().unwrap_or_default();
    }
    lanes
}

/// Each takes the first lane with room.
fn tight_lanes(pieces: &[Piece], order: &[usize]) -> Vec<usize> {
    let mut lanes = vec![0; pieces.len()];
    let mut held: Vec<Vec<usize>> = Vec::new();
    for &piece in order {
        let free = held.iter().position(|held| held.iter().all(|&other| !pieces[other].meets(&pieces[piece])));
        let lane = free.unwrap_or(held.len());
        if lane == held.len() {
            held.push(Vec::new());
        }
        held[lane].push(piece);
        lanes[piece] = lane;
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(net: usize, from: (i32, Side), to: (i32, Side)) -> Visit {
        let pin = |(at, side)| Pin { at, side };
        Visit { net, ends: [pin(from), pin(to)] }
    }

    #[test]
    fn brackets_nest() {
        use Side::Left;
        let outer = visit(0, (0, Left), (300, Left));
        let inner = visit(1, (100, Left), (200, Left));
        assert_eq!(assign(&[outer, inner]), (vec![1, 0], 2));
    }

    #[test]
    fn steps_do_not_cross() {
        use Side::{Left, Right};
        // Both go down from left to right: the lower one turns first.
        let upper = visit(0, (0, Left), (200, Right));
        let lower = visit(1, (100, Left), (300, Right));
        assert_eq!(assign(&[upper, lower]), (vec![1, 0], 2));
    }

    #[test]
    fn one_net_has_one_lane_and_far_ones_share() {
        use Side::{Left, Right};
        let a = visit(0, (0, Left), (50, Right));
        let b = visit(0, (50, Left), (90, Right));
        let far = visit(1, (100, Left), (150, Right));
        assert_eq!(assign(&[a, b, far]), (vec![0, 0, 0], 1));
        let near = visit(1, (96, Left), (150, Right));
        assert_eq!(assign(&[a, b, near]).1, 2);
    }
}
