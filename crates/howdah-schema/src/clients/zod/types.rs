//! Types of the database as schemas.

use super::super::rules::number::{self, Found, Side, Stored};
use super::super::rules::{self, Kind, Left, Rule};
use super::super::script;
use super::super::selection::Selection;
use super::answer::{Answer, script_type};
use super::names::Names;
use crate::QualifiedName;
use crate::catalog::DataType;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Writes constants, each after those that it uses.
pub(super) struct Writer<'a> {
    pub(super) selection: &'a Selection<'a>,
    pub(super) out: String,
    /// Helpers.
    pub(super) used: BTreeSet<&'static str>,
    pub(super) names: Names,
    /// The constants of types, by the type.
    pub(super) known: BTreeMap<QualifiedName, String>,
    /// Types that are being written: none can hold itself, but nothing must depend on that.
    open: BTreeSet<QualifiedName>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(selection: &'a Selection<'a>) -> Self {
        Self {
            selection,
            out: String::new(),
            used: BTreeSet::new(),
            names: Names::default(),
            known: BTreeMap::new(),
            open: BTreeSet::new(),
        }
    }

    pub(super) fn helper(&mut self, name: &'static str) -> String {
        self.used.insert(name);
        name.to_owned()
    }

    /// The schema of a value that is not null.
    pub(super) fn of(&mut self, data_type: &DataType) -> String {
        if data_type.array {
            let element = DataType {
                sql: data_type.sql.strip_suffix("[]").unwrap_or(&data_type.sql).to_owned(),
                array: false,
                base: None,
                ..data_type.clone()
            };
            return format!("z.array({})", self.of(&element));
        }
        if self.selection.domains.contains_key(&data_type.name) {
            return self.domain(&data_type.name);
        }
        let kind = self.selection.kind(data_type);
        self.kind(&kind)
    }

    fn kind(&mut self, kind: &Kind) -> String {
        match kind {
            Kind::Text | Kind::Other => self.helper("text"),
            Kind::Cut(length) | Kind::Padded(length) => {
                let (text, fits) = (self.helper("text"), self.helper("fits"));
                format!(
                    "{text}.refine((value: string): boolean => {fits}(value, {length}), \"at most {length} characters\")"
                )
            }
            Kind::Whole(16) => "z.int().min(-32768).max(32767)".to_owned(),
            Kind::Whole(32) => "z.int32()".to_owned(),
            Kind::Whole(_) => self.helper("bigint"),
            Kind::Numeric(None) | Kind::Double => "z.number()".to_owned(),
            Kind::Numeric(Some((precision, scale))) => numeric(*precision, *scale),
            Kind::Single => self.helper("real"),
            Kind::Oid => "z.int().min(0).max(4294967295)".to_owned(),
            Kind::Boolean => "z.boolean()".to_owned(),
            Kind::Json | Kind::JsonBinary => self.helper("json"),
            Kind::Bytes => self.helper("bytes"),
            Kind::Uuid => self.helper("uuid"),
            Kind::Date => self.helper("date"),
            Kind::Timestamp => self.helper("timestamp"),
            Kind::TimestampTz => self.helper("timestamptz"),
            Kind::Time => self.helper("time"),
            Kind::TimeTz => self.helper("timetz"),
            Kind::Array(element) => format!("z.array({})", self.kind(element)),
            Kind::Enum(name) => self.enumeration(name),
            Kind::Composite(name) => self.composite(name),
            Kind::Unknown | Kind::Nothing => "z.unknown()".to_owned(),
        }
    }

    /// The constant of an enumeration.
    pub(super) fn enumeration(&mut self, name: &QualifiedName) -> String {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let Some(found) = self.selection.enums.get(name) else { return self.helper("text") };
        let constant = self.names.give(name);
        let comment = script::documentation(&found.comment, 0);
        let schema = if found.labels.is_empty() {
            "z.never()".to_owned()
        } else {
            format!("z.enum([{}])", script::list(&found.labels))
        };
        let _ = write!(self.out, "\n{comment}const {constant} = {schema}\n");
        self.known.insert(name.clone(), constant.clone());
        constant
    }

    /// The constant of a domain.
    pub(super) fn domain(&mut self, name: &QualifiedName) -> String {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let Some(domain) = self.selection.domains.get(name).copied() else { return self.helper("text") };
        let base = self.of(&domain.base);
        let kind = self.selection.kind(&domain.base);
        let mut found = rules::of_domain(self.selection.catalog, domain);
        // Rows from before may break it, and then could not be read.
        for rule in found.rules.extract_if(.., |rule| !rule.validated) {
            let reason = "values from before may break it: NOT VALID".to_owned();
            found.left.push(Left { name: rule.name, expression: rule.expression, reason });
        }
        let comments = left(&found.left) + &partly(&found.rules);
        let plain = kind == Kind::Text && !self.selection.domains.contains_key(&domain.base.name);
        let schema = self.checked(&base, &kind, &found.rules, plain);
        let constant = self.names.give(name);
        let documentation = script::documentation(&domain.comment, 0);
        let _ = write!(self.out, "\n{comments}{documentation}const {constant} = {schema}\n");
        self.known.insert(name.clone(), constant.clone());
        constant
    }

    /// The constant of a composite type, or of the rows of a table or view as a value.
    pub(super) fn composite(&mut self, name: &QualifiedName) -> String {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if !self.open.insert(name.clone()) {
            return "z.unknown()".to_owned();
        }
        let selection = self.selection;
        let members: Vec<(&str, &DataType, bool)> = match selection.composites.get(name) {
            Some(members) => members.iter().map(|member| (member.name, member.data_type, true)).collect(),
            None => {
                let shape = selection.tables.get(name).or_else(|| selection.views.get(name));
                let fields = shape.into_iter().flat_map(|shape| &shape.fields);
                fields.map(|field| (field.column.name.as_str(), &field.column.data_type, field.nullable)).collect()
            }
        };
        let mut body = String::new();
        for (member, data_type, nullable) in members {
            let null = if nullable { ".nullable()" } else { "" };
            let _ = writeln!(body, "  {}: {}{null},", script::value_key(member), self.of(data_type));
        }
        self.open.remove(name);
        let constant = self.names.give(name);
        let composite = selection.catalog.composites.get(name);
        let comment = composite.map(|found| script::documentation(&found.comment, 0)).unwrap_or_default();
        let _ = write!(self.out, "\n{comment}const {constant} = z.object({{\n{body}}})\n");
        self.known.insert(name.clone(), constant.clone());
        constant
    }

    /// A schema with the questions of its CHECKs. Where one lists all values, that list is the schema, if the base is `plain`
    /// text, and otherwise stands before it.
    pub(super) fn checked(&mut self, base: &str, kind: &Kind, rules: &[Rule], plain: bool) -> String {
        let mut schema = base.to_owned();
        let list = if *kind == Kind::Text { rules.iter().position(|rule| rule.choices().is_some()) } else { None };
        if let Some(choices) = list.and_then(|at| rules.get(at)).and_then(Rule::choices) {
            let mut distinct: Vec<String> = Vec::new();
            choices.iter().filter(|choice| !choice.contains('\0')).for_each(|choice| {
                if !distinct.contains(choice) {
                    distinct.push(choice.clone());
                }
            });
            let message = list.and_then(|at| rules.get(at)).map(message).unwrap_or_default();
            schema = format!("z.enum([{}], {message})", script::list(&distinct));
            if !plain {
                let _ = write!(
                    schema,
                    ".refine((value: string): boolean => {base}.safeParse(value).success, \"not of its type\")"
                );
            }
        }
        for (at, rule) in rules.iter().enumerate() {
            if Some(at) == list {
                continue;
            }
            let condition = Answer { used: &mut self.used, row: None }.passes(&rule.test);
            let _ = write!(
                schema,
                "\n    .refine((value: {}): boolean => {condition}, {})",
                script_type(kind),
                message(rule)
            );
        }
        schema
    }
}

/// What a refused value is told: the constraint and what it says, as the database would name it.
pub(super) fn message(rule: &Rule) -> String {
    script::string(&format!("{}: {}", rule.name, script::in_line(&rule.expression)))
}

/// Rules that are left to the database, as comments.
pub(super) fn left(left: &[Left]) -> String {
    left.iter().map(|left| not_carried(&left.name, &left.expression, &left.reason)).collect()
}

pub(super) fn not_carried(name: &str, expression: &str, reason: &str) -> String {
    let (name, expression, reason) = (script::in_line(name), script::in_line(expression), script::in_line(reason));
    format!("// not carried: {name}: CHECK ({expression}): {reason}\n")
}

/// Rules that let some text through, as comments.
pub(super) fn partly<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> String {
    let partly = rules.into_iter().filter(|rule| !rule.exact).map(|rule| {
        let name = script::in_line(&rule.name);
        format!("// carried as far as ASCII goes: {name}: beyond it, a class such as [[:space:]] depends on the database's locale\n")
    });
    partly.collect()
}

/// What `numeric(p,s)` holds after rounding.
fn numeric(precision: u32, scale: i32) -> String {
    let most = format!("1e{}", i64::from(precision) - i64::from(scale));
    let mut schema = "z.number()".to_owned();
    for (side, constant) in [(Side::Above, format!("-{most}")), (Side::Below, most)] {
        if let Some(Found::Limit(limit)) = number::limit(Stored::Rounded(scale), side, &constant) {
            let method = match limit.side {
                Side::AtLeast => "min",
                Side::Above => "gt",
                Side::AtMost => "max",
                Side::Below => "lt",
            };
            let _ = write!(schema, ".{method}({})", limit.number);
        }
    }
    schema
}
