//! A form of deparsed SQL that stays the same when it is read back and deparsed again.
//!
//! PostgreSQL's deparser is not quite the inverse of its parser: there are expressions that come out of a restored dump, or
//! of a migration made from a catalog, with other parentheses or casts than they went in. Compared as text they would
//! differ for ever. Two such forms are common, and both are rewritten here to what the second reading gives:
//!
//! - `(a, b, c) IS DISTINCT FROM (x, y, z)` is stored as `((p OR q) OR r)`; read back, it is `(p OR q OR r)`.
//! - `code IN ('a', 'b')` on a `varchar` is stored as `(ARRAY['a'::character varying, …])::text[]`; read back, the cast is at
//!   each element: `ARRAY[('a'::character varying)::text, …]`.
//!
//! The meaning does not change. Text in which neither is found comes back as it was.

use crate::sql::split::{TokenKind, tokens};
use std::borrow::Cow;

/// Rewrites deparsed SQL into its stable form.
pub fn normalise(sql: String) -> String {
    // A bare VALUES list becomes a subquery when it is read back.
    let sql = if sql.contains("( VALUES (") { sql.replace("( VALUES (", "(VALUES (") } else { sql };
    let nested = sql.contains(") OR ") || sql.contains(") AND ");
    if !nested && !sql.contains("(ARRAY[") {
        return sql;
    }
    let nodes = rewrite(parse(&sql));
    let mut text = String::with_capacity(sql.len());
    render(&nodes, &mut text);
    text
}

/// Rewrites deparsed SQL so that the server, reading it, keeps it in the very form that was deparsed.
///
/// This is about the same two forms as [`normalise`], the other way round: a cast that stands on a whole array is kept there by
/// a second one to the type that the elements have, and a chain that came from comparing rows is written as that comparison.
/// Text in which neither is found comes back as it was.
pub fn reproducible(sql: String) -> String {
    let nested = sql.contains("IS DISTINCT FROM") && sql.contains(") OR ");
    if !nested && !sql.contains("(ARRAY[") {
        return sql;
    }
    let nodes = reproduce(parse(&sql));
    let mut text = String::with_capacity(sql.len());
    render(&nodes, &mut text);
    text
}

fn reproduce(nodes: Vec<Node<'_>>) -> Vec<Node<'_>> {
    let mut nodes: Vec<Node<'_>> = nodes
        .into_iter()
        .map(|node| match node {
            Node::Group('(', inner) => match distinct_rows(&inner) {
                Some(comparison) => Node::Group('(', vec![Node::Made(comparison.into())]),
                None => Node::Group('(', reproduce(inner)),
            },
            Node::Group(bracket, inner) => Node::Group(bracket, reproduce(inner)),
            node => node,
        })
        .collect();
    for index in 0..nodes.len() {
        let Some((first, after)) = nodes[index..].split_first() else { continue };
        let Some((elements, _, _)) = array_cast(first, after) else { continue };
        let Some(type_name) = common_cast(elements) else { continue };
        if let Node::Group('(', inner) = &mut nodes[index] {
            inner.push(Node::Made(format!("::{type_name}[]").into()));
        }
    }
    nodes
}

/// The type that every element is cast to, if there is one.
fn common_cast(elements: &[Node<'_>]) -> Option<String> {
    let mut common: Option<String> = None;
    for element in elements.split(|node| *node == Node::Text(",")) {
        let colons = element.windows(2).rposition(|pair| pair == [Node::Text(":"), Node::Text(":")])?;
        let mut type_name = String::new();
        render(&element[colons + 2..], &mut type_name);
        if common.as_ref().is_some_and(|common| *common != type_name) {
            return None;
        }
        common = Some(type_name);
    }
    common
}

/// `((a IS DISTINCT FROM x) OR (b IS DISTINCT FROM y)) OR (c IS DISTINCT FROM z)` as the comparison of rows that it came from:
/// only that nests to the left.
fn distinct_rows(nodes: &[Node<'_>]) -> Option<String> {
    let [Node::Group('(', _), Node::Text(" "), Node::Text("OR"), Node::Text(" "), Node::Group('(', _)] = nodes else {
        return None;
    };
    let mut pairs = Vec::new();
    let mut rest = nodes;
    loop {
        match rest {
            [Node::Group('(', left), Node::Text(" "), Node::Text("OR"), Node::Text(" "), Node::Group('(', right)] => {
                pairs.push(distinct(right)?);
                rest = left;
            }
            last => {
                pairs.push(distinct(last)?);
                break;
            }
        }
    }
    if pairs.len() < 3 {
        return None;
    }
    pairs.reverse();
    let (left, right): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    Some(format!("ROW({}) IS DISTINCT FROM ROW({})", left.join(", "), right.join(", ")))
}

/// The two sides of `a IS DISTINCT FROM b`.
fn distinct(nodes: &[Node<'_>]) -> Option<(String, String)> {
    let words = [
        Node::Text(" "),
        Node::Text("IS"),
        Node::Text(" "),
        Node::Text("DISTINCT"),
        Node::Text(" "),
        Node::Text("FROM"),
        Node::Text(" "),
    ];
    let at = nodes.windows(words.len()).position(|window| window == words)?;
    let text = |nodes: &[Node<'_>]| {
        let mut text = String::new();
        render(nodes, &mut text);
        text
    };
    Some((text(&nodes[..at]), text(&nodes[at + words.len()..])))
}

/// A token, or what stands between brackets.
#[derive(Debug, Clone, PartialEq)]
enum Node<'a> {
    Text(&'a str),
    /// With its opening bracket, `(` or `[`.
    Group(char, Vec<Node<'a>>),
    /// A closing bracket that is put in without its twin in the text.
    Made(Cow<'a, str>),
}

/// Brackets that do not match are kept as text: then this is not SQL, and nothing is found in it.
fn parse(sql: &str) -> Vec<Node<'_>> {
    let mut open: Vec<(char, Vec<Node<'_>>)> = vec![(' ', Vec::new())];
    for token in tokens(sql) {
        let text = &sql[token.span];
        match (token.kind, text) {
            (TokenKind::Symbol, "(" | "[") => open.push((if text == "(" { '(' } else { '[' }, Vec::new())),
            (TokenKind::Symbol, ")" | "]") => {
                let expected = if text == ")" { '(' } else { '[' };
                match open.pop() {
                    Some((bracket, nodes)) if bracket == expected => push(&mut open, Node::Group(bracket, nodes)),
                    _ => return vec![Node::Text(sql)],
                }
            }
            _ => push(&mut open, Node::Text(text)),
        }
    }
    match open.pop() {
        Some((' ', nodes)) => nodes,
        _ => vec![Node::Text(sql)],
    }
}

fn push<'a>(open: &mut [(char, Vec<Node<'a>>)], node: Node<'a>) {
    if let Some((_, nodes)) = open.last_mut() {
        nodes.push(node);
    }
}

fn render(nodes: &[Node<'_>], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(piece) => text.push_str(piece),
            Node::Made(piece) => text.push_str(piece),
            Node::Group(bracket, nodes) => {
                text.push(*bracket);
                render(nodes, text);
                text.push(if *bracket == '(' { ')' } else { ']' });
            }
        }
    }
}

/// From the inside out.
fn rewrite(nodes: Vec<Node<'_>>) -> Vec<Node<'_>> {
    let nodes: Vec<_> = nodes
        .into_iter()
        .map(|node| match node {
            Node::Group(bracket, nodes) => Node::Group(bracket, flatten(rewrite(nodes))),
            node => node,
        })
        .collect();
    spread_casts(&nodes)
}

/// `(a OR b) OR c` to `a OR b OR c`: what the parser makes of a chain whose left side is a chain of the same kind.
fn flatten(mut nodes: Vec<Node<'_>>) -> Vec<Node<'_>> {
    let Some(word) = chain(&nodes) else { return nodes };
    if let Some(Node::Group('(', inner)) = nodes.first()
        && chain(inner) == Some(word)
        // The group is the whole of the first operand.
        && matches!(&nodes[1..], [Node::Text(" "), Node::Text(next), ..] if *next == word)
    {
        let Node::Group(_, inner) = nodes.remove(0) else { return nodes };
        nodes.splice(0..0, inner);
    }
    nodes
}

/// `AND` or `OR` if that, and not the other, joins what stands between brackets; the deparser never mixes them.
fn chain(nodes: &[Node<'_>]) -> Option<&'static str> {
    let has = |word: &str| nodes.contains(&Node::Text(word));
    match (has("AND"), has("OR"), has("SELECT")) {
        (true, false, false) => Some("AND"),
        (false, true, false) => Some("OR"),
        _ => None,
    }
}

/// `(ARRAY[a, b])::t[]` to `ARRAY[(a)::t, (b)::t]`.
fn spread_casts<'a>(nodes: &[Node<'a>]) -> Vec<Node<'a>> {
    let mut result = Vec::with_capacity(nodes.len());
    let mut rest = nodes;
    while let Some((first, after)) = rest.split_first() {
        match array_cast(first, after) {
            Some((elements, type_name, after)) => {
                result.push(Node::Text("ARRAY"));
                result.push(Node::Group('[', cast_each(elements, type_name)));
                rest = after;
            }
            None => {
                result.push(first.clone());
                rest = after;
            }
        }
    }
    result
}

/// The elements, the element type, and what follows.
type ArrayCast<'n, 'a> = (&'n [Node<'a>], &'n [Node<'a>], &'n [Node<'a>]);

fn array_cast<'n, 'a>(first: &'n Node<'a>, after: &'n [Node<'a>]) -> Option<ArrayCast<'n, 'a>> {
    let Node::Group('(', inner) = first else { return None };
    let [Node::Text("ARRAY"), Node::Group('[', elements)] = inner.as_slice() else { return None };
    let [Node::Text(":"), Node::Text(":"), rest @ ..] = after else { return None };
    // A type's name, such as `timestamp with time zone` or `public.mood`, up to the brackets that make it an array.
    let end = rest.iter().position(|node| matches!(node, Node::Group('[', _)))?;
    let (type_name, after) = rest.split_at(end);
    let plain = |node: &Node<'_>| match node {
        Node::Text(text) => text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '.' | ' ')),
        Node::Group(bracket, _) => *bracket == '(',
        Node::Made(_) => false,
    };
    let fits = !elements.is_empty() && after[0] == Node::Group('[', Vec::new()) && type_name.iter().all(plain);
    fits.then(|| (elements.as_slice(), type_name, &after[1..]))
}

fn cast_each<'a>(elements: &[Node<'a>], type_name: &[Node<'a>]) -> Vec<Node<'a>> {
    let mut result = Vec::new();
    for (index, element) in elements.split(|node| *node == Node::Text(",")).enumerate() {
        let element = match element {
            [Node::Text(" "), rest @ ..] => rest,
            element => element,
        };
        if index > 0 {
            result.push(Node::Made(", ".into()));
        }
        result.push(Node::Group('(', element.to_vec()));
        result.push(Node::Made("::".into()));
        result.extend_from_slice(type_name);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        assert_eq!(normalise(sql.to_owned()), expected);
        assert_eq!(normalise(expected.to_owned()), expected, "it is stable");
    }

    #[test]
    fn chains() {
        check("((a OR b) OR c)", "(a OR b OR c)");
        check("(((a OR b) OR c) OR d)", "(a OR b OR c OR d)");
        check("((((x <> y) AND b) AND c) OR d)", "(((x <> y) AND b AND c) OR d)");
        check(
            "WHEN ((((old.a <> new.a) OR (b = 'x OR (y')) OR c))",
            "WHEN (((old.a <> new.a) OR (b = 'x OR (y') OR c))",
        );
        // The parser flattens the left side only.
        check("(a OR (b OR c))", "(a OR (b OR c))");
        check("((a AND b) OR c)", "((a AND b) OR c)");
        check("(((a OR b)) OR c)", "(((a OR b)) OR c)");
        check("((a OR b) = true OR c)", "((a OR b) = true OR c)");
        check("f(a OR b) OR ((a OR b) OR c)", "f(a OR b) OR (a OR b OR c)");
        check("((SELECT x OR y) OR c)", "((SELECT x OR y) OR c)");
        check("(NOT ((a OR b) OR c))", "(NOT (a OR b OR c))");
    }

    #[test]
    fn casts() {
        check(
            "((code)::text = ANY ((ARRAY['a'::character varying, 'b,c]'::character varying])::text[]))",
            "((code)::text = ANY (ARRAY[('a'::character varying)::text, ('b,c]'::character varying)::text]))",
        );
        check("(ARRAY[1])::numeric(3,1)[]", "ARRAY[(1)::numeric(3,1)]");
        check("(ARRAY[f(a, b), c])::public.\"Odd\"[]", "ARRAY[(f(a, b))::public.\"Odd\", (c)::public.\"Odd\"]");
        check("(ARRAY[1, 2])[1]", "(ARRAY[1, 2])[1]");
        check("(ARRAY[1, 2])::text", "(ARRAY[1, 2])::text");
        check("ARRAY[1]", "ARRAY[1]");
        check("(ARRAY[])::text[]", "(ARRAY[])::text[]");
    }

    #[track_caller]
    fn check_reproducible(sql: &str, expected: &str) {
        assert_eq!(reproducible(sql.to_owned()), expected);
    }

    #[test]
    fn what_keeps_its_form() {
        check_reproducible(
            "CHECK (((code)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
            "CHECK (((code)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying]::character varying[])::text[])))",
        );
        check_reproducible(
            "WHEN ((((old.a IS DISTINCT FROM new.a) OR (old.b IS DISTINCT FROM new.b)) OR (old.c IS DISTINCT FROM new.c)))",
            "WHEN ((ROW(old.a, old.b, old.c) IS DISTINCT FROM ROW(new.a, new.b, new.c)))",
        );
        check_reproducible(
            "((a IS DISTINCT FROM x) OR (b IS DISTINCT FROM y))",
            "((a IS DISTINCT FROM x) OR (b IS DISTINCT FROM y))",
        );
        check_reproducible("(ARRAY[1, 2])::text[]", "(ARRAY[1, 2])::text[]");
    }

    proptest! {
        #[test]
        fn what_is_no_sql_comes_back(sql in "[()\\[\\]a-c', OR:AY]{0,40}") {
            let once = normalise(sql.clone());
            prop_assert_eq!(normalise(once.clone()), once);
        }

        #[test]
        fn never_panics(sql in any::<String>()) {
            normalise(format!("(ARRAY[{sql}])::text[] (({sql}) OR {sql})"));
        }
    }
}
