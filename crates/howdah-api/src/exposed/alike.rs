//! The name that is most like one that is not there, for hints: PostgREST's measure, so that the hints are the same.
//!
//! Names that share pieces of three letters, or else of two, are compared by the edits between them; what is less than a
//! third alike is no hint. The pieces are those of fuzzyset, which PostgREST uses.

use std::collections::{HashMap, HashSet};

/// How alike two names must be: 1 is the same, 0 nothing in common.
const LEAST: f64 = 0.33;
/// Of those that share pieces, only so many are compared by edits.
const COMPARED: usize = 50;

/// The most alike of the candidates, and how much it is.
pub(super) fn most_alike<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<(f64, &'a str)> {
    let candidates: HashSet<&str> = candidates.into_iter().collect();
    // In an order of their own, so that of equals it is always the same one.
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    candidates.sort_unstable();
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    [3, 2].into_iter().find_map(|size| {
        let pieces = pieces(&wanted, size);
        let mut sharing: Vec<(f64, &str)> = candidates
            .iter()
            .map(|candidate| (shared(&pieces, &pieces_of(candidate, size)), *candidate))
            .filter(|(shared, _)| *shared > 0.0)
            .collect();
        sharing.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let compared = sharing.into_iter().take(COMPARED).map(|(_, candidate)| {
            let letters: Vec<char> = candidate.to_lowercase().chars().collect();
            (alike(&wanted, &letters), candidate)
        });
        let mut best: Option<(f64, &str)> = None;
        for (alike, candidate) in compared.filter(|(alike, _)| *alike >= LEAST) {
            if best.is_none_or(|(most, _)| alike > most) {
                best = Some((alike, candidate));
            }
        }
        best
    })
}

fn pieces_of(name: &str, size: usize) -> HashMap<Vec<char>, f64> {
    pieces(&name.to_lowercase().chars().collect::<Vec<_>>(), size)
}

/// How often each run of so many letters stands in a name. Its ends count as letters, marks do not.
fn pieces(name: &[char], size: usize) -> HashMap<Vec<char>, f64> {
    let kept = name.iter().copied().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | ','));
    let mut letters: Vec<char> = std::iter::once('-').chain(kept).chain(['-']).collect();
    while letters.len() < size {
        letters.push('-');
    }
    let mut pieces = HashMap::new();
    for piece in letters.windows(size) {
        *pieces.entry(piece.to_vec()).or_insert(0.0) += 1.0;
    }
    pieces
}

/// The cosine between two counts of pieces.
fn shared(a: &HashMap<Vec<char>, f64>, b: &HashMap<Vec<char>, f64>) -> f64 {
    let product: f64 = a.iter().filter_map(|(piece, count)| b.get(piece).map(|other| count * other)).sum();
    let length = |pieces: &HashMap<Vec<char>, f64>| pieces.values().map(|count| count * count).sum::<f64>().sqrt();
    product / (length(a) * length(b))
}

/// One less the edits between two names, as a share of the longer one.
fn alike(a: &[char], b: &[char]) -> f64 {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            next.push((row[j] + usize::from(x != y)).min(row[j + 1] + 1).min(next[j] + 1));
        }
        row = next;
    }
    let longer = u32::try_from(a.len().max(b.len())).unwrap_or(u32::MAX);
    let edits = u32::try_from(row[b.len()]).unwrap_or(u32::MAX);
    1.0 - f64::from(edits) / f64::from(longer.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, candidates: &[&str], expected: Option<&str>) {
        let found = most_alike(name, candidates.iter().copied()).map(|(_, found)| found);
        assert_eq!(found, expected, "{name}");
    }

    /// Names and their hints as PostgREST's documentation and tests have them.
    #[test]
    fn hints_are_postgrests() {
        check("testt", &["test", "another"], Some("test"));
        check("other", &["test", "another"], Some("another"));
        check("noclosealternative", &["test", "another"], None);
        check("film", &["films"], Some("films"));
        check("role", &["directors", "roles", "actors"], Some("roles"));
        check("garlic", &["articles", "items", "clients"], Some("articles"));
        check("(nam, pqaram, vall)", &["(name, param, val)", "(attr, id)"], Some("(name, param, val)"));
        check("(id)", &["(name, param, val)", "(attr, id)"], Some("(attr, id)"));
        check("(a, b, wrong_arg)", &["()", "(a, b)", "(a, b, c)"], Some("(a, b, c)"));
        check("(wrong_arg)", &["()", "(a, b)", "(a, b, c)"], None);
        check("", &["test"], None);
    }
}
