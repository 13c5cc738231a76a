//! Choices, from a list of numbers that proptest makes and makes smaller.

/// Numbers to choose by; zeros when they are used up.
#[derive(Debug)]
pub(super) struct Dice<'a>(&'a [u16]);

impl<'a> Dice<'a> {
    pub(super) fn new(numbers: &'a [u16]) -> Self {
        Self(numbers)
    }

    /// Any number.
    pub(super) fn number(&mut self) -> u16 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// Below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::from(self.number()) % end
    }

    /// Once in `of` times.
    pub(super) fn once_in(&mut self, of: u16) -> bool {
        self.number() % of == of - 1
    }

    /// One of them.
    pub(super) fn pick<'b, T>(&mut self, items: &'b [T]) -> Option<&'b T> {
        if items.is_empty() { None } else { Some(&items[self.below(items.len())]) }
    }

    /// One of them.
    pub(super) fn pick_mut<'b, T>(&mut self, items: &'b mut [T]) -> Option<&'b mut T> {
        if items.is_empty() {
            return None;
        }
        let at = self.below(items.len());
        Some(&mut items[at])
    }
}
