//! Which views can be written to.
//!
//! PostgreSQL writes through a view that selects from one table or such view, without anything that makes a row of several
//! or of none, and through INSTEAD OF triggers and rules. The catalog holds the view's query as text; it is looked at only as
//! far as needed, and where that does not tell, the view counts as one for reading.

use super::relation::{Link, links as table_links};
use crate::QualifiedName;
use crate::catalog::{Catalog, RuleEvent, TriggerLevel, TriggerTiming, View};
use crate::sql::split::{TokenKind, tokens};

/// Where what is written to a view goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// It cannot be written to.
    Nothing,
    /// To triggers or rules, which see all columns.
    Trigger { insert: bool, update: bool },
    /// To a table: the view's columns that are columns there, with their names there.
    Table(Vec<(String, String)>),
}

/// Where what is written to it goes.
pub(crate) fn target(catalog: &Catalog, view: &View) -> Target {
    let triggers = || {
        view.triggers
            .values()
            .filter(|trigger| trigger.timing == TriggerTiming::InsteadOf && trigger.level == TriggerLevel::Row)
    };
    let rules = |event: RuleEvent| view.rules.values().any(|rule| rule.event == event && rule.instead);
    let insert = triggers().any(|trigger| trigger.on_insert) || rules(RuleEvent::Insert);
    let update = triggers().any(|trigger| trigger.on_update) || rules(RuleEvent::Update);
    if insert || update {
        return Target::Trigger { insert, update };
    }
    match base(catalog, view, 0) {
        Some((_, columns)) if !columns.is_empty() => Target::Table(columns),
        _ => Target::Nothing,
    }
}

/// Whether rows can be deleted from it.
pub(crate) fn deletable(catalog: &Catalog, view: &View) -> bool {
    let mut triggers = view.triggers.values();
    triggers.any(|t| t.timing == TriggerTiming::InsteadOf && t.level == TriggerLevel::Row && t.on_delete)
        || view.rules.values().any(|rule| rule.event == RuleEvent::Delete && rule.instead)
        || base(catalog, view, 0).is_some()
}

/// The primary key of the table under a view, if the view shows all of it.
pub(crate) fn primary_key(catalog: &Catalog, view: &View) -> Vec<String> {
    let Some((table, columns)) = base(catalog, view, 0) else { return Vec::new() };
    let Some(table) = catalog.tables.get(&table) else { return Vec::new() };
    let seen_as = |name: &String| columns.iter().find(|(_, base)| base == name).map(|(own, _)| own.clone());
    table.primary_key().iter().map(seen_as).collect::<Option<_>>().unwrap_or_default()
}

/// The foreign keys of the table under a view whose columns are all to be seen in it.
pub(crate) fn links(catalog: &Catalog, view: &View) -> Vec<Link> {
    let Some((table, columns)) = base(catalog, view, 0) else { return Vec::new() };
    let Some(table) = catalog.tables.get(&table) else { return Vec::new() };
    let seen_as = |name: &String| columns.iter().find(|(_, base)| base == name).map(|(own, _)| own.clone());
    let links = table_links(table).into_iter().filter_map(|link| {
        let columns: Option<Vec<String>> = link.columns.iter().map(seen_as).collect();
        Some(Link { columns: columns?, ..link })
    });
    links.collect()
}

/// Deeper than views are built on views.
const DEPTH: usize = 32;

/// The table that the view's rows are rows of, and its columns that are columns there.
fn base(catalog: &Catalog, view: &View, depth: usize) -> Option<(QualifiedName, Vec<(String, String)>)> {
    if view.materialized || depth > DEPTH {
        return None;
    }
    let query = Query::read(&view.definition)?;
    let named = view.columns.iter().map(|column| column.name.clone());
    let own: Vec<(String, String)> =
        named.zip(query.columns).filter_map(|(own, base)| base.map(|base| (own, base))).collect();
    if catalog.tables.contains_key(&query.from) {
        return Some((query.from, own));
    }
    let under = catalog.views.get(&query.from)?;
    if !matches!(target(catalog, under), Target::Table(_)) {
        return None;
    }
    let (table, columns) = base(catalog, under, depth + 1)?;
    let through = own.into_iter().filter_map(|(own, middle)| {
        let (_, base) = columns.iter().find(|(seen, _)| *seen == middle)?;
        Some((own, base.clone()))
    });
    Some((table, through.collect()))
}

/// `SELECT … FROM one [alias] [WHERE …]`.
struct Query {
    from: QualifiedName,
    /// For each item: the column that it is, if it is one.
    columns: Vec<Option<String>>,
}

/// What stands at the top of a query that is more than a choice of rows and columns.
const MORE: [&str; 15] = [
    "with",
    "distinct",
    "group",
    "having",
    "limit",
    "offset",
    "fetch",
    "union",
    "intersect",
    "except",
    "window",
    "join",
    "tablesample",
    "lateral",
    "over",
];

impl Query {
    fn read(sql: &str) -> Option<Self> {
        let all = pieces(sql);
        let top = |piece: &&Piece<'_>| piece.depth == 0;
        if !all.first()?.is("select") || all.iter().filter(top).any(|piece| MORE.iter().any(|word| piece.is(word))) {
            return None;
        }
        let from = all.iter().position(|piece| piece.depth == 0 && piece.is("from"))?;
        let items = all.get(1..from)?;
        // A call may be that of an aggregate or of a function that returns a set. Which it is, the text does not say.
        if items.windows(2).any(|pair| matches!(pair, [name, open] if open.text == "(" && name.may_be_called())) {
            return None;
        }
        let items: Vec<&Piece<'_>> = items.iter().filter(top).collect();
        let rest = all.get(from + 1..)?;
        let ends = |piece: &Piece<'_>| piece.depth == 0 && ["where", "order", "for"].iter().any(|word| piece.is(word));
        let end = rest.iter().position(ends).unwrap_or(rest.len());
        // An alias may follow, and nothing else: `FROM a.b x(c, d)` gives the columns other names.
        let from = match rest.get(..end)? {
            [schema, dot, name] | [schema, dot, name, _] if dot.text == "." => {
                QualifiedName::new(schema.name()?, name.name()?)
            }
            _ => return None,
        };
        Some(Self { from, columns: items.split(|piece| piece.text == ",").map(column).collect() })
    }
}

/// The column that an item of a SELECT is.
fn column(item: &[&Piece<'_>]) -> Option<String> {
    match item {
        [name] => name.name(),
        [_, dot, name] if dot.text == "." => name.name(),
        [name, word, _] if word.is("as") => name.name(),
        [_, dot, name, word, _] if dot.text == "." && word.is("as") => name.name(),
        _ => None,
    }
}

/// A token, and within how many parentheses it stands; a parenthesis stands within itself.
struct Piece<'a> {
    kind: TokenKind,
    text: &'a str,
    depth: usize,
}

/// Words before a parenthesis that call nothing.
const NO_CALLS: [&str; 15] =
    ["and", "or", "not", "in", "any", "all", "when", "then", "else", "case", "as", "is", "select", "from", "where"];

impl Piece<'_> {
    fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    fn may_be_called(&self) -> bool {
        match self.kind {
            TokenKind::Word => !NO_CALLS.iter().any(|word| self.is(word)),
            TokenKind::Quoted => true,
            _ => false,
        }
    }

    fn name(&self) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(self.text.to_ascii_lowercase()),
            TokenKind::Quoted => {
                let inner = self.text.strip_prefix('"')?.strip_suffix('"')?;
                Some(inner.replace("\"\"", "\""))
            }
            _ => None,
        }
    }
}

fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut depth = 0_usize;
    let pieces = tokens(sql).filter(|token| token.kind != TokenKind::Blank).filter_map(|token| {
        let text = sql.get(token.span)?;
        let symbol = token.kind == TokenKind::Symbol;
        depth += usize::from(symbol && text == "(");
        let piece = Piece { kind: token.kind, text, depth };
        depth = depth.saturating_sub(usize::from(symbol && text == ")"));
        Some(piece)
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: Option<(&str, &[Option<&str>])>) {
        let found = Query::read(sql).map(|query| (query.from.to_string(), query.columns));
        let expected = expected.map(|(from, columns)| {
            (from.to_owned(), columns.iter().map(|column| column.map(str::to_owned)).collect::<Vec<_>>())
        });
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn what_is_of_one_table() {
        let tasks = Some(("public.tasks", &[Some("id"), Some("title")][..]));
        check(" SELECT id,\n    title AS name\n   FROM public.tasks", tasks);
        check(
            " SELECT t.id, t.title FROM public.tasks t WHERE (t.id IN ( SELECT max(x.id) FROM public.x LIMIT 1))",
            tasks,
        );
        check("SELECT id, (n + 1) AS next FROM public.tasks ORDER BY id", Some(("public.tasks", &[Some("id"), None])));
        check("SELECT \"A\".\"b \"\"c\" FROM \"S\".\"A\"", Some(("\"S\".\"A\"", &[Some("b \"c")])));
    }

    #[test]
    fn what_is_not() {
        for sql in [
            "SELECT DISTINCT id FROM public.t",
            "SELECT count(*) AS count FROM public.t",
            "SELECT (1 + sum(a)) AS s FROM public.t",
            "SELECT a.id FROM (public.a JOIN public.b ON ((a.id = b.id)))",
            "SELECT a.id FROM public.a, public.b",
            "SELECT id FROM public.a UNION SELECT id FROM public.b",
            "WITH x AS (SELECT 1) SELECT id FROM public.a",
            "SELECT id FROM public.a LIMIT 1",
            "SELECT id FROM public.f() f(id)",
            "SELECT id FROM public.a GROUP BY id",
            "SELECT 1 AS one",
            "VALUES (1)",
            "",
        ] {
            check(sql, None);
        }
    }
}
