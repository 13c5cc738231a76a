//! The plan as a grid of columns, gutters, gaps and corridors, and how large all of them are.
//!
//! Columns and gutters are numbered through all shelves. A gap has the number of the box above it. Corridor `n` is above
//! shelf `n`, and the last one below the last shelf.

use super::pack::Plan;
use super::{AREA_GAP, AREA_HEADER, AREA_PAD, CLOSE_LANE, GAP, Input, LANE, MARGIN, PAGE};

/// The plan, flattened.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) columns: Vec<Column>,
    /// The first column of each shelf, and the number of columns at the end.
    first: Vec<usize>,
    /// The shelf of each gutter: each shelf has one gutter more than it has columns.
    gutter_shelf: Vec<usize>,
    /// The column of each box.
    pub(super) column_of: Vec<usize>,
    pub(super) bands: Vec<GridBand>,
}

/// A column of one shelf.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) shelf: usize,
    /// From above.
    pub(super) nodes: Vec<usize>,
    width: i32,
}

/// A block as it stands in its shelf.
#[derive(Debug)]
pub(super) struct GridBand {
    pub(super) group: usize,
    pub(super) shelf: usize,
    /// Its columns.
    pub(super) columns: std::ops::Range<usize>,
    /// Those of the stack that it is in.
    stack: std::ops::Range<usize>,
    nodes: Vec<Vec<usize>>,
    /// Whether it is alone in its stack.
    pub(super) alone: bool,
}

impl Grid {
    pub(super) fn new(input: &Input, plan: &Plan) -> Self {
        let mut grid = Self {
            columns: Vec::new(),
            first: Vec::new(),
            gutter_shelf: Vec::new(),
            column_of: vec![0; input.boxes.len()],
            bands: Vec::new(),
        };
        for (shelf, planned) in plan.shelves.iter().enumerate() {
            grid.first.push(grid.columns.len());
            for stack in &planned.stacks {
                let first = grid.columns.len();
                let range = first..first + stack.columns();
                grid.columns.extend(range.clone().map(|_| Column { shelf, nodes: Vec::new(), width: 0 }));
                for band in &stack.bands {
                    for (column, nodes) in band.columns.iter().enumerate() {
                        let number = first + column;
                        let column = &mut grid.columns[number];
                        column.nodes.extend(nodes);
                        for &node in nodes {
                            grid.column_of[node] = number;
                            column.width = column.width.max(input.boxes[node].width);
                        }
                    }
                    grid.bands.push(GridBand {
                        group: band.group,
                        shelf,
                        columns: first..first + band.columns.len(),
                        stack: range.clone(),
                        nodes: band.columns.clone(),
                        alone: stack.bands.len() == 1,
                    });
                }
            }
            grid.gutter_shelf.resize(grid.columns.len() + shelf + 1, shelf);
        }
        grid.first.push(grid.columns.len());
        grid
    }

    pub(super) fn shelves(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn gutters(&self) -> usize {
        self.columns.len() + self.shelves()
    }

    /// The gutter to the left of a column; the one to its right is the next.
    pub(super) fn left_of(&self, column: usize) -> usize {
        column + self.columns[column].shelf
    }

    /// The gutters of a shelf.
    pub(super) fn gutters_of(&self, shelf: usize) -> std::ops::Range<usize> {
        self.first[shelf] + shelf..self.first[shelf + 1] + shelf + 1
    }

    pub(super) fn shelf_of_gutter(&self, gutter: usize) -> usize {
        self.gutter_shelf[gutter]
    }

    /// The column to the right of a gutter, if it is not the last of its shelf.
    pub(super) fn column_after(&self, gutter: usize, shelf: usize) -> usize {
        gutter - shelf
    }
}

/// How many lanes there are in each gap, gutter and corridor.
#[derive(Debug)]
pub(super) struct Lanes {
    pub(super) gaps: Vec<i32>,
    pub(super) gutters: Vec<i32>,
    pub(super) corridors: Vec<i32>,
}

impl Lanes {
    /// Before anything is known: one everywhere.
    pub(super) fn guess(grid: &Grid) -> Self {
        Self {
            gaps: vec![1; grid.column_of.len()],
            gutters: vec![2; grid.gutters()],
            corridors: vec![1; grid.shelves() + 1],
        }
    }
}

/// Places in the page.
#[derive(Debug)]
pub(super) struct Geometry {
    pub(super) width: i32,
    pub(super) height: i32,
    /// Of each box.
    pub(super) x: Vec<i32>,
    /// Of each box.
    pub(super) y: Vec<i32>,
    /// Of each column.
    pub(super) column_width: Vec<i32>,
    /// The place of the first lane.
    pub(super) gutter: Vec<i32>,
    /// Where it begins, and how far its lanes are apart.
    pub(super) corridor: Vec<(i32, i32)>,
    /// The top of each shelf.
    pub(super) shelf: Vec<i32>,
    /// Top and bottom of each band.
    pub(super) bands: Vec<(i32, i32)>,
    pub(super) column_x: Vec<i32>,
}

/// Between two lanes of a corridor that has so many: nothing else is in there, so they may be closer than elsewhere.
pub(super) fn corridor_lane(lanes: i32) -> i32 {
    if lanes > 12 { CLOSE_LANE } else { LANE }
}

/// Heights within each shelf: they depend on the lanes in gaps alone.
pub(super) struct Upright {
    /// From the shelf's top.
    pub(super) y: Vec<i32>,
    pub(super) shelf: Vec<i32>,
    bands: Vec<(i32, i32)>,
}

pub(super) fn upright(input: &Input, grid: &Grid, gaps: &[i32]) -> Upright {
    let (header, pad) = if input.areas { (AREA_HEADER, AREA_PAD) } else { (0, 0) };
    let mut below = vec![0; grid.columns.len()];
    let mut y = vec![0; input.boxes.len()];
    let mut bands = Vec::with_capacity(grid.bands.len());
    let mut shelf = vec![0; grid.shelves()];
    for band in &grid.bands {
        let lowest = below[band.stack.clone()].iter().copied().max().unwrap_or_default();
        let top = if lowest == 0 { 0 } else { lowest + AREA_GAP };
        let mut bottom = top;
        for (column, nodes) in band.columns.clone().zip(&band.nodes) {
            let mut next = top + header;
            for &node in nodes {
                y[node] = next;
                let end = next + input.boxes[node].height;
                bottom = bottom.max(end);
                let lanes = if gaps[node] > 0 { LANE * (gaps[node] + 1) } else { 0 };
                below[column] = end + lanes.max(pad);
                next = end + lanes.max(GAP);
            }
        }
        bands.push((top, bottom + pad));
        for column in band.columns.clone() {
            below[column] = below[column].max(bottom + pad);
        }
        let deepest = below[band.stack.clone()].iter().copied().max().unwrap_or_default();
        shelf[band.shelf] = shelf[band.shelf].max(deepest);
    }
    Upright { y, shelf, bands }
}

pub(super) fn geometry(grid: &Grid, upright: &Upright, lanes: &Lanes) -> Geometry {
    let shelves = grid.shelves();
    let mut corridor = Vec::with_capacity(shelves + 1);
    let mut shelf_tops = Vec::with_capacity(shelves);
    let mut top = PAGE;
    for (number, &lanes) in lanes.corridors.iter().enumerate() {
        corridor.push((top, corridor_lane(lanes)));
        let outermost = number == 0 || number == shelves;
        top += match lanes {
            0 if outermost => 0,
            lanes if outermost => corridor_lane(lanes) * lanes + LANE,
            lanes => (corridor_lane(lanes) * lanes + LANE).max(AREA_GAP),
        };
        if let Some(height) = upright.shelf.get(number) {
            shelf_tops.push(top);
            top += height;
        }
    }
    let height = top + PAGE;

    let mut gutter = vec![0; grid.gutters()];
    let mut column_x = vec![0; grid.columns.len()];
    let mut width = 0;
    for shelf in 0..shelves {
        let mut x = PAGE;
        let range = grid.gutters_of(shelf);
        for number in range.clone() {
            let lanes = lanes.gutters[number];
            let (first, last) = (number == range.start, number + 1 == range.end);
            let margins = if first || last { MARGIN + LANE } else { MARGIN * 2 };
            gutter[number] = x + if first { LANE } else { MARGIN };
            x += match lanes {
                0 if first || last => AREA_PAD,
                0 => MARGIN * 2,
                lanes => margins + LANE * (lanes - 1),
            };
            if !last {
                let column = grid.column_after(number, shelf);
                column_x[column] = x;
                x += grid.columns[column].width;
            }
        }
        width = width.max(x + PAGE);
    }
    let shelf_of = |node: usize| grid.columns[grid.column_of[node]].shelf;
    let shelf_top = |shelf: usize| shelf_tops.get(shelf).copied().unwrap_or_default();
    Geometry {
        width,
        height,
        x: grid.column_of.iter().map(|&column| column_x[column]).collect(),
        y: upright.y.iter().enumerate().map(|(node, y)| y + shelf_top(shelf_of(node))).collect(),
        column_width: grid.columns.iter().map(|column| column.width).collect(),
        gutter,
        corridor,
        bands: grid
            .bands
            .iter()
            .zip(&upright.bands)
            .map(|(band, (top, bottom))| (top + shelf_top(band.shelf), bottom + shelf_top(band.shelf)))
            .collect(),
        shelf: shelf_tops,
        column_x,
    }
}
