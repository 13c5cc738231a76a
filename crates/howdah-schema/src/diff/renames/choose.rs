//! Which directives have something to do.

use super::directive::{Directive, RenameError};
use std::collections::BTreeSet;

/// A directive and the names that it is about, both as if what contains them were renamed already.
#[derive(Debug, Clone)]
pub(super) struct Wish<'d, K> {
    pub(super) directive: &'d Directive,
    pub(super) old: K,
    pub(super) new: K,
}

impl<'d> Wish<'d, String> {
    /// Where the bare name tells all.
    pub(super) fn of(directive: &'d Directive) -> Self {
        Self { directive, old: directive.old.name.clone(), new: directive.target.name().to_owned() }
    }
}

/// Of the directives about names of one kind, those whose work is yet to be done. `before` and `after` are all names of that
/// kind in either catalog; `alike` tells how much an old object has in common with a new one, for names that change places.
///
/// # Errors
/// Both names of a directive are taken and the old one has to go; or two directives are at odds.
pub(super) fn choose<'d, K: Ord + Clone>(
    wishes: Vec<Wish<'d, K>>,
    before: &BTreeSet<K>,
    after: &BTreeSet<K>,
    alike: impl Fn(&K, &K) -> usize,
) -> Result<Vec<Wish<'d, K>>, RenameError> {
    let mut wishes: Vec<Wish<'d, K>> = wishes;
    wishes.retain(|wish| wish.old != wish.new && before.contains(&wish.old));
    // The same said twice.
    let mut seen = BTreeSet::new();
    wishes.retain(|wish| seen.insert((wish.new.clone(), wish.old.clone())));
    // A new name that is taken must become free by another rename.
    while let Some(at) =
        wishes.iter().position(|wish| before.contains(&wish.new) && !wishes.iter().any(|other| other.old == wish.new))
    {
        let wish = wishes.remove(at);
        if !after.contains(&wish.old) {
            let Directive { target, old, .. } = wish.directive;
            return Err(RenameError::conflict(
                wish.directive,
                format!(
                    "{target} is to be renamed from {old}, but both are there already. If {old} is no longer needed, take the directive away and it is dropped; if its rows are, move them first"
                ),
            ));
        }
    }
    for (at, wish) in wishes.iter().enumerate() {
        if let Some(other) = wishes[at + 1..].iter().find(|other| other.new == wish.new) {
            let Directive { target, old, .. } = wish.directive;
            return Err(RenameError::conflict(
                other.directive,
                format!(
                    "{target} is to be renamed from {}, and line {} says from {old}; both are there. Leave one directive",
                    other.directive.old, wish.directive.line
                ),
            ));
        }
        if let Some(other) = wishes[at + 1..].iter().find(|other| other.old == wish.old) {
            return Err(RenameError::conflict(
                other.directive,
                format!(
                    "{} is to become both {} ({}:{}) and {}. Leave one directive",
                    wish.directive.old,
                    wish.directive.target,
                    wish.directive.file,
                    wish.directive.line,
                    other.directive.target
                ),
            ));
        }
    }
    drop_finished_circles(&mut wishes, alike)?;
    Ok(wishes)
}

/// Names that change places are all there before and after. Whether they have yet to do so is seen from what stands under them.
fn drop_finished_circles<K: Ord + Clone>(
    wishes: &mut Vec<Wish<'_, K>>,
    alike: impl Fn(&K, &K) -> usize,
) -> Result<(), RenameError> {
    let mut finished: BTreeSet<K> = BTreeSet::new();
    for wish in wishes.iter() {
        let Some(circle) = circle(wishes, wish) else { continue };
        let stay: usize = circle.iter().map(|wish| alike(&wish.new, &wish.new)).sum();
        let change: usize = circle.iter().map(|wish| alike(&wish.old, &wish.new)).sum();
        if stay == change {
            return Err(RenameError::ambiguous(
                wish.directive,
                format!(
                    "{} and {} change names, but they are so much alike that nothing tells whether that was done before. Rename them by hand in a migration and take the directives away",
                    wish.directive.target, wish.directive.old
                ),
            ));
        }
        if stay > change {
            finished.insert(wish.new.clone());
        }
    }
    wishes.retain(|wish| !finished.contains(&wish.new));
    Ok(())
}

fn circle<'w, 'd, K: Ord>(wishes: &'w [Wish<'d, K>], start: &'w Wish<'d, K>) -> Option<Vec<&'w Wish<'d, K>>> {
    let mut circle = vec![start];
    let mut at = start;
    loop {
        at = wishes.iter().find(|wish| wish.old == at.new)?;
        if at.new == start.new {
            return Some(circle);
        }
        // One that leads into a circle without being a part of it cannot be: no name is taken twice.
        if circle.len() > wishes.len() {
            return None;
        }
        circle.push(at);
    }
}
