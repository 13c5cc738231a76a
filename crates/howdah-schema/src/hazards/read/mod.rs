//! From SQL text to [`Statement`]s.
//!
//! Each statement is cut out and parsed alone (with `squawk-syntax`), so that one that cannot be read leaves the others
//! readable. Nothing of the parser's tree leaves this module.

mod alter;
mod body;
mod create;
mod dispatch;
mod guard;
mod tree;

use super::statement::{Kind, Statement, TypeRef, Unread, Within};
use crate::findings::directive::{Comment, Directive, directives};
use crate::sql::split;
use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxNode};
use std::ops::Range;
use tree::{Place, Tree, text_of};

/// Bodies in bodies are read this deep.
const MAX_BODIES: usize = 4;

/// A text, read.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) statements: Vec<Statement>,
    pub(crate) directives: Vec<Comment>,
    /// The statement list ends inside a transaction that the text itself began.
    pub(crate) left_open: Option<Range<usize>>,
}

/// Reads a source. `wrapped`: the runner runs it in a transaction. Transactions are numbered from `first`.
pub(crate) fn read(text: &str, wrapped: bool, first: u32) -> File {
    guard::with_stack(|| read_here(text, wrapped, first)).unwrap_or_else(|| {
        let unread = Unread { message: "there is no thread to read it on".to_owned(), at: 0 };
        let kind = Kind::Other { head: String::new() };
        let statement = Statement {
            span: 0..text.len(),
            within: Within::Top,
            in_transaction: wrapped,
            transaction: first,
            backfill: false,
            unread: Some(unread),
            kind,
        };
        File { statements: vec![statement], ..File::default() }
    })
}

fn read_here(text: &str, wrapped: bool, first: u32) -> File {
    let mut reader = Reader { text, statements: Vec::new(), directives: directives(text, 0..text.len()) };
    let mut session = Session { wrapped, began: None, number: first };
    let mut comments = reader.directives.clone().into_iter().peekable();
    for span in split::statements(text) {
        let mut backfill = false;
        while let Some(comment) = comments.next_if(|comment| comment.span.start < span.start) {
            match comment.directive {
                Directive::NoTransaction => session.enter_section(false),
                Directive::Transaction => session.enter_section(wrapped),
                Directive::Backfill => {
                    backfill = true;
                    session.enter_section(false);
                }
                Directive::Allow { .. } => {}
            }
        }
        let outset =
            Outset { within: Within::Top, in_transaction: session.is_open(), transaction: session.number, backfill };
        let from = reader.statements.len();
        reader.statement(span, outset, 0);
        for kind in
            reader.statements[from..].iter().filter(|it| it.within == Within::Top).map(|it| (&it.kind, &it.span))
        {
            session.see(kind.0, kind.1);
        }
        session.end_statement();
        if backfill {
            // After its batches, a transaction begins.
            session.enter_section(wrapped);
        }
    }
    File { statements: reader.statements, directives: reader.directives, left_open: session.began }
}

/// Reads a type as a catalog prints it.
pub(crate) fn data_type(sql: &str) -> Option<TypeRef> {
    if guard::is_too_deep(sql) {
        return None;
    }
    let parse = SourceFile::parse(&format!("alter table t alter column c type {sql}"));
    let tree = Tree { place: Place::At(0), schema: None };
    parse.syntax_node().descendants().find_map(ast::SetType::cast).and_then(|it| tree.data_type(&it.ty()?))
}

/// What is known of transactions while a file is read from top to bottom.
#[derive(Debug)]
struct Session {
    wrapped: bool,
    /// Where the text began one itself.
    began: Option<Range<usize>>,
    number: u32,
}

impl Session {
    fn is_open(&self) -> bool {
        self.wrapped || self.began.is_some()
    }

    fn enter_section(&mut self, wrapped: bool) {
        self.wrapped = wrapped;
        self.number += 1;
    }

    fn see(&mut self, kind: &Kind, span: &Range<usize>) {
        match kind {
            Kind::Begin if self.began.is_none() && !self.wrapped => self.began = Some(span.clone()),
            Kind::Commit | Kind::Rollback => {
                // It also ends the runner's: what follows runs by itself.
                self.began = None;
                self.wrapped = false;
                self.number += 1;
            }
            _ => {}
        }
    }

    fn end_statement(&mut self) {
        if !self.is_open() {
            self.number += 1;
        }
    }
}

/// What a statement inherits from where it stands.
#[derive(Debug, Clone, Copy)]
struct Outset {
    within: Within,
    in_transaction: bool,
    transaction: u32,
    backfill: bool,
}

struct Reader<'a> {
    text: &'a str,
    statements: Vec<Statement>,
    directives: Vec<Comment>,
}

impl Reader<'_> {
    /// Reads the statement at `span`, and what is inside its body.
    fn statement(&mut self, span: Range<usize>, outset: Outset, depth: usize) {
        let Some(sql) = self.text.get(span.clone()) else { return };
        if outset.within != Within::Top
            && let Some(inner) = body::executed(sql)
        {
            for statement in split::statements(&sql[inner.clone()]) {
                let start = span.start + inner.start;
                self.statement(start + statement.start..start + statement.end, outset, depth);
            }
            return;
        }
        if guard::is_too_deep(sql) {
            let unread = Unread { message: "it nests too deep to be read".to_owned(), at: span.start };
            self.push(outset, span, Some(unread), Kind::Other { head: String::new() });
            return;
        }
        let parse = SourceFile::parse(sql);
        let parsed: Vec<ast::Stmt> = parse.tree().stmts().collect();
        let creates_schema = matches!(parsed.first(), Some(ast::Stmt::CreateSchema(_)));
        // PL/pgSQL has its own INTO, and its variables look like columns: what is odd in a body says nothing.
        let unread = parse
            .errors()
            .into_iter()
            .filter(|_| outset.within == Within::Top)
            // CREATE SCHEMA can have further CREATEs in it, which the parser takes for statements of their own.
            .find(|error| !creates_schema || !error.message().starts_with("Missing semicolon"))
            .map(|error| Unread {
                message: error.message().to_owned(),
                at: span.start + usize::from(error.range().start()).min(sql.len()),
            });
        let mut schema = None;
        let mut unread = unread;
        for statement in &parsed {
            let tree = Tree { place: Place::At(span.start), schema: schema.as_deref() };
            let at = if parsed.len() == 1 { span.clone() } else { tree.span(statement.syntax()) };
            for kind in dispatch::kinds(tree, statement) {
                let span = kind.span.unwrap_or_else(|| at.clone());
                self.push(outset, span, unread.take(), kind.kind);
            }
            self.bodies(tree, statement, outset, depth);
            if let ast::Stmt::CreateSchema(it) = statement {
                let created = it.schema_name().and_then(|node| tree.name(&node)).map(|name| name.name);
                schema = created;
            }
        }
        if let Some(unread) = unread {
            self.push(outset, span, Some(unread), Kind::Other { head: String::new() });
        }
    }

    fn push(&mut self, outset: Outset, span: Range<usize>, unread: Option<Unread>, kind: Kind) {
        self.statements.push(Statement {
            span,
            within: outset.within,
            in_transaction: outset.in_transaction,
            transaction: outset.transaction,
            backfill: outset.backfill,
            unread,
            kind,
        });
    }

    /// Reads the statements in the body of a function, procedure or DO block.
    fn bodies(&mut self, tree: Tree<'_>, statement: &ast::Stmt, outset: Outset, depth: usize) {
        let (options, routine) = match statement {
            ast::Stmt::CreateFunction(it) => (it.option_list(), it.body()),
            ast::Stmt::CreateProcedure(it) => (it.option_list(), it.body()),
            ast::Stmt::Do(it) => {
                let language = it.do_language().and_then(|it| it.language_name());
                let language = language.map_or_else(|| "plpgsql".to_owned(), |language| language.name);
                let within = if outset.within == Within::Routine { Within::Routine } else { Within::Block };
                if let Some(literal) = it.body() {
                    self.body(tree, &literal, &language, Outset { within, ..outset }, depth);
                }
                return;
            }
            _ => return,
        };
        let outset = Outset { within: Within::Routine, ..outset };
        let mut language = String::new();
        let mut literal = None;
        for option in options.iter().flat_map(ast::FuncOptionList::options) {
            match option {
                ast::FuncOption::LanguageFuncOption(it) => {
                    language = it.language_name().map(|language| language.name).unwrap_or_default();
                }
                ast::FuncOption::AsFuncOption(it) => {
                    if let Some(ast::AsFuncTarget::AsDefinition(definition)) = it.as_func_target() {
                        literal = definition.literal();
                    }
                }
                _ => {}
            }
        }
        if let Some(literal) = literal {
            self.body(tree, &literal, &language, outset, depth);
        }
        // BEGIN ATOMIC: the statements are part of this one.
        let atomic =
            routine.into_iter().flat_map(|routine| routine.syntax().descendants().collect::<Vec<SyntaxNode>>());
        for inner in atomic
            .filter_map(|node| ast::RoutineBodyStmt::cast(node).and_then(|it| ast::Stmt::cast(it.syntax().clone())))
        {
            for kind in dispatch::kinds(tree, &inner) {
                let span = kind.span.unwrap_or_else(|| tree.span(inner.syntax()));
                self.push(outset, span, None, kind.kind);
            }
        }
    }

    fn body(&mut self, tree: Tree<'_>, literal: &ast::Literal, language: &str, outset: Outset, depth: usize) {
        if depth >= MAX_BODIES {
            return;
        }
        let whole = tree.span(literal.syntax());
        let Some(written) = self.text.get(whole.clone()) else { return };
        if let Some(inner) = body::verbatim(written) {
            let inner = whole.start + inner.start..whole.start + inner.end;
            let content = &self.text[inner.clone()];
            let found = body::candidates(content, language);
            let comments = directives(self.text, inner.clone());
            self.directives.extend(comments);
            for part in found {
                self.statement(inner.start + part.start..inner.start + part.end, outset, depth + 1);
            }
        } else if let Some(content) = text_of(literal) {
            // Written with escapes: read what it says, and point at the whole.
            for part in body::candidates(&content, language) {
                let sql = &content[part];
                if guard::is_too_deep(sql) {
                    continue;
                }
                for statement in SourceFile::parse(sql).tree().stmts() {
                    let tree = Tree { place: Place::Within(&whole), schema: None };
                    for kind in dispatch::kinds(tree, &statement) {
                        self.push(outset, whole.clone(), None, kind.kind);
                    }
                }
            }
        }
    }
}
