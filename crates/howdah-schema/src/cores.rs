//! Work on many things of one kind, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What `work` makes of each, in their order: the same on any number of cores.
///
/// Each core takes the next one when it is done with the last, as some are far larger than others. A panic in `work` is one
/// here, once all cores have stopped.
pub fn map<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(all.len());
    let next = AtomicUsize::new(0);
    let hand = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return done };
            done.push((at, work(one)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(hand)).collect();
        let mut done = hand();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn each_once_and_in_order() {
        let all: Vec<usize> = (0..10_000).collect();
        assert_eq!(map(&all, |number| number * 2), (0..10_000).map(|number| number * 2).collect::<Vec<_>>());
        assert!(map(&[], |(): &()| ()).is_empty());
    }

    #[test]
    fn half_of_it_is_never_taken_for_all() {
        let all: Vec<usize> = (0..100).collect();
        let broken = std::panic::catch_unwind(|| map(&all, |number| assert!(*number != 70, "the seventieth")));
        assert!(broken.is_err());
    }
}
