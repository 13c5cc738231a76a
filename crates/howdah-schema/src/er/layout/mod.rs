//! Where boxes stand and lines run.
//!
//! The page is made of **shelves**, one below another; a shelf of **columns** of boxes, side by side. Lines run in what is
//! left between them and nowhere else: up and down in the **gutters** between columns, across in the **gaps** between the
//! boxes of a column and in the **corridors** between shelves. So no line can cross a box.
//!
//! 1. [`cluster`]: boxes of a group that belong together by their foreign keys, in layers, parents first.
//! 2. [`pack`]: this order is wrapped into columns, the columns of all groups are packed into shelves; among several
//!    heights of shelves the one is taken that gives a page of the right shape with short lines.
//! 3. [`route`]: which gutters, gaps and corridors a line takes. Lines to the same row are one **net**: they join on
//!    their way, as they cannot be confused.
//! 4. [`lanes`]: in each of them every net gets a lane of its own, in an order that makes few crossings.
//! 5. [`grid`] and [`place`]: now gutters, gaps and corridors can be made as wide as they must be, and everything gets its
//!    place.
//!
//! Lines of different nets never lie on one another. Lanes are 10 apart; where two could meet at the same height from both
//! sides of a gutter, those of even columns keep to heights of 8 modulo 10 and those of odd columns to 2 modulo 10. The
//! same goes for the gutters of even and odd shelves on both sides of a corridor.
//!
//! Everything is whole pixels and sorted before it is walked, so that a diagram is the same everywhere.

mod cluster;
mod grid;
mod joints;
mod lanes;
mod layers;
mod pack;
mod place;
mod ports;
mod route;

#[cfg(test)]
mod tests;

/// Width by height that a page is meant to have.
pub(super) const ASPECT: f64 = 1.4;

/// Between two lanes; every box begins and ends at a multiple of it.
const LANE: i32 = 10;
/// Between two lanes of a corridor with many.
const CLOSE_LANE: i32 = 6;
/// Between two boxes of a column, at least.
const GAP: i32 = 30;
/// Between a box's side and the first lane: room for the mark at a line's end.
const MARGIN: i32 = 20;
/// From the boxes of a group to the border of its area.
pub(super) const AREA_PAD: i32 = 10;
/// The part of an area with its name.
pub(super) const AREA_HEADER: i32 = 30;
/// Between the areas of a column.
const AREA_GAP: i32 = 20;
/// Around everything.
const PAGE: i32 = 20;

/// What is to be laid out.
#[derive(Debug, Default, Clone)]
pub(super) struct Input {
    pub(super) boxes: Vec<Size>,
    pub(super) links: Vec<Link>,
    /// Whether groups are areas with a name above.
    pub(super) areas: bool,
}

/// A box; both lengths are multiples of 10.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) group: usize,
}

/// A line from one box to another or to itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) from: Port,
    pub(super) to: Port,
}

/// A row of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    pub(super) node: usize,
    /// Its middle from the top of the box, a multiple of 10.
    pub(super) y: i32,
}

/// The finished layout.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) boxes: Vec<Place>,
    pub(super) areas: Vec<Area>,
    /// One for each link.
    pub(super) routes: Vec<Route>,
    /// Where lines of a net join: the net and the point.
    pub(super) joints: Vec<(usize, (i32, i32))>,
}

/// Where a box stands. It may be wider than it asked for: as wide as its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// The ground under the boxes of a group, or of a part of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) group: usize,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    /// Room for its name before the first line may cross it.
    pub(super) label: i32,
}

/// A line: from the side of one box to the side of another, each piece level or upright.
#[derive(Debug, Clone, Default)]
pub(super) struct Route {
    pub(super) points: Vec<(i32, i32)>,
    /// Links of the same net end at the same row.
    pub(super) net: usize,
}

/// Lays out.
pub(super) fn layout(input: &Input) -> Layout {
    if input.boxes.is_empty() {
        return Layout { width: PAGE * 2, height: PAGE * 2, ..Layout::default() };
    }
    let blocks = cluster::blocks(input);
    let grid = grid::Grid::new(input, &pack::pack(input, &blocks));
    let paths = route::route(input, &grid);
    place::place(input, &grid, &paths)
}
