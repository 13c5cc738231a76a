//! Reads the target list of a query out of PostgreSQL's textual node tree.
//!
//! The tree is a list of nodes, `({QUERY :commandType 1 … :targetList ({TARGETENTRY :expr {VAR …} :resno 1 …} …) …})`:
//! fields are keys with one value each, a value is an atom, a node in braces or a list in parentheses, and a backslash
//! takes the meaning from the character after it (PostgreSQL's `outfuncs.c` and `read.c`). Only the target list of the
//! outermost query is looked at, by depth; the fields in question have kept their names from PostgreSQL 14 to 18. What is
//! not such a tree gives no targets, and never an error.

/// An entry of the target list that hands on an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    /// Its place in the result, from 1: the attribute number of the view's column.
    pub(super) number: i16,
    /// OID of the relation that the attribute is read from.
    pub(super) relation: u32,
    /// The attribute's number there, from 1.
    pub(super) attribute: i16,
}

/// Depths: in the list of queries, in a query, in its target list, in an entry.
const QUERY: usize = 2;
const TARGET_LIST: usize = 3;
const ENTRY: usize = 4;

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    /// As written, escapes included.
    Atom(&'a [u8]),
}

/// The entries that hand on a table's or a view's attribute, in the tree's order.
pub(super) fn targets(tree: &str) -> impl Iterator<Item = Target> {
    let mut walk = Walk { tokens: Tokens(tree.as_bytes()), depth: 0, in_targets: false, key: [None; 2] };
    std::iter::from_fn(move || walk.next_entry()).filter_map(Entry::target)
}

struct Walk<'a> {
    tokens: Tokens<'a>,
    depth: usize,
    /// Inside the outermost query's target list, at whatever depth.
    in_targets: bool,
    /// The field whose value comes next: of the query, of the entry.
    key: [Option<&'a [u8]>; 2],
}

impl<'a> Walk<'a> {
    fn next_entry(&mut self) -> Option<Entry> {
        let mut entry = Entry::default();
        loop {
            match self.tokens.next()? {
                Token::Open => {
                    if self.depth == QUERY {
                        self.in_targets = self.key[0] == Some(b":targetList".as_slice());
                    }
                    self.depth += 1;
                }
                Token::Close => {
                    let ended = self.depth;
                    self.depth = self.depth.checked_sub(1)?;
                    // What has just ended was the value of whatever field was waiting.
                    match self.depth {
                        QUERY => self.key[0] = None,
                        ENTRY => self.key[1] = None,
                        TARGET_LIST if ended == ENTRY && self.in_targets => {
                            self.key[1] = None;
                            return Some(entry);
                        }
                        _ => {}
                    }
                }
                Token::Atom(atom) if self.depth == QUERY => {
                    field(&mut self.key[0], atom);
                }
                Token::Atom(atom) if self.depth == ENTRY && self.in_targets => {
                    if let Some(key) = field(&mut self.key[1], atom) {
                        entry.set(key, atom);
                    }
                }
                Token::Atom(_) => {}
            }
        }
    }
}

/// The key that `atom` is the value of; otherwise it is the next key, or the node's name. A value may well begin with a
/// colon: PostgreSQL does not escape one in a name.
fn field<'a>(key: &mut Option<&'a [u8]>, atom: &'a [u8]) -> Option<&'a [u8]> {
    let known = key.take();
    if known.is_none() && atom.starts_with(b":") {
        *key = Some(atom);
    }
    known
}

#[derive(Debug, Default)]
struct Entry {
    number: Option<i16>,
    relation: Option<u32>,
    attribute: Option<i16>,
    /// Computed for sorting or grouping alone, and no column of the view.
    junk: bool,
}

impl Entry {
    fn set(&mut self, key: &[u8], value: &[u8]) {
        let text = std::str::from_utf8(value).unwrap_or_default();
        match key {
            b":resno" => self.number = text.parse().ok(),
            b":resorigtbl" => self.relation = text.parse().ok(),
            b":resorigcol" => self.attribute = text.parse().ok(),
            b":resjunk" => self.junk = text == "true",
            _ => {}
        }
    }

    /// `None` for what is computed (relation 0), for whole rows (attribute 0) and system columns (negative).
    fn target(self) -> Option<Target> {
        match (self.number, self.relation, self.attribute) {
            (Some(number), Some(relation @ 1..), Some(attribute @ 1..)) if !self.junk => {
                Some(Target { number, relation, attribute })
            }
            _ => None,
        }
    }
}

struct Tokens<'a>(&'a [u8]);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while let Some((first, rest)) = self.0.split_first()
            && is_space(*first)
        {
            self.0 = rest;
        }
        let (first, rest) = self.0.split_first()?;
        if let Some(token) = bracket(*first) {
            self.0 = rest;
            return Some(token);
        }
        let mut escaped = false;
        let end = self.0.iter().position(|&byte| {
            let ends = !escaped && (is_space(byte) || bracket(byte).is_some());
            escaped = !escaped && byte == b'\\';
            ends
        });
        let (atom, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest;
        Some(Token::Atom(atom))
    }
}

/// What ends an atom, and is escaped within one; a carriage return is not.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t')
}

fn bracket(byte: u8) -> Option<Token<'static>> {
    match byte {
        b'(' | b'{' => Some(Token::Open),
        b')' | b'}' => Some(Token::Close),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(tree: &str, expect: &[(i16, u32, i16)]) {
        let found: Vec<_> = targets(tree).map(|t| (t.number, t.relation, t.attribute)).collect();
        assert_eq!(found, expect, "{tree}");
    }

    fn entry(number: u32, name: &str, relation: u32, attribute: i32, junk: bool) -> String {
        format!(
            "{{TARGETENTRY :expr {{VAR :varno 1 :resno 99 :varattno 1}} :resno {number} :resname {name} \
             :ressortgroupref 0 :resorigtbl {relation} :resorigcol {attribute} :resjunk {junk}}}"
        )
    }

    fn query(entries: &str) -> String {
        format!(
            "({{QUERY :commandType 1 :utilityStmt <> :rtable ({{RTE :subquery {{QUERY :targetList ({}) :x <>}}}}) \
             :targetList ({entries}) :override 0 :returningList ({}) :stmt_len 0}})",
            entry(1, "inner", 7, 7, false),
            entry(1, "returned", 8, 8, false),
        )
    }

    #[test]
    fn the_outermost_target_list_alone() {
        let entries = [entry(1, "id", 16385, 1, false), entry(2, "name", 16400, 12, false)].join(" ");
        check(&query(&entries), &[(1, 16385, 1), (2, 16400, 12)]);
    }

    #[test]
    fn what_is_computed_or_no_column_has_no_origin() {
        let entries = [
            entry(1, "sum", 0, 0, false),
            entry(2, "row", 16385, 0, false),
            entry(3, "ctid", 16385, -1, false),
            entry(4, "sorted_by", 16385, 2, true),
            entry(5, "id", 16385, 3, false),
        ];
        check(&query(&entries.concat()), &[(5, 16385, 3)]);
    }

    #[test]
    fn names_that_look_like_the_tree() {
        for name in
            [r"\ :resorigtbl\ 1", r"\)\}\)\}", r"\\", "a\r:resno", ":resjunk", ":targetList", "\"\"", "<>", r"\\\)"]
        {
            let entries = [entry(1, name, 16385, 1, false), entry(2, "b", 16385, 2, false)].join(" ");
            check(&query(&entries), &[(1, 16385, 1), (2, 16385, 2)]);
        }
    }

    #[test]
    fn what_is_no_tree_has_no_targets() {
        for tree in
            ["", "(", ")", "}{", "({QUERY :targetList", "({QUERY :targetList <>})", "\\", "({QUERY :targetList ({"]
        {
            check(tree, &[]);
        }
    }

    proptest! {
        #[test]
        fn never_panics(tree in "(?s).*") {
            let _ = targets(&tree).count();
        }

        #[test]
        fn never_panics_on_pieces_of_trees(pieces in prop::collection::vec(
            prop::sample::select(vec![
                "(", ")", "{", "}", " ", "\\", ":targetList", ":resno", ":resorigtbl", ":resorigcol", ":resjunk", "true",
                "1", "-1", "99999999999999999999", "QUERY", "TARGETENTRY", "<>", "ä", "\n",
            ]),
            0..60,
        )) {
            let _ = targets(&pieces.concat()).count();
            let _ = targets(&format!("({{QUERY :targetList ({}", pieces.join(" "))).count();
        }

        #[test]
        fn any_name_is_skipped_when_escaped_as_postgresql_does(name in "(?s).{1,20}") {
            let mut escaped = String::new();
            for (index, c) in name.chars().enumerate() {
                let first = index == 0 && (c == '<' || c == '"' || c.is_ascii_digit() || c == '+' || c == '-');
                if first || " \n\t(){}\\".contains(c) {
                    escaped.push('\\');
                }
                escaped.push(c);
            }
            check(&query(&entry(3, &escaped, 5, 6, false)), &[(3, 5, 6)]);
        }
    }
}
