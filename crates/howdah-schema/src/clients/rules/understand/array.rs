//! Arrays: the constant ones that a value is looked up in, and those that are values.

use super::super::expression::Expression;
use super::super::kind::Kind;
use super::super::test::{Leaf, Source, Test};
use super::value::Value;
use super::{Reader, Reason, refused};

impl Reader<'_> {
    /// A column that is an array.
    pub(super) fn array(&mut self, expression: &Expression) -> Result<Source, Reason> {
        match self.value(expression)? {
            Value::Field(source, Kind::Array(_)) => Ok(source),
            _ => refused("the length of something else than an array is not carried"),
        }
    }

    /// `column <@ ARRAY[…]`: every element is one of these.
    pub(super) fn contained(&mut self, array: &Expression, list: &Expression) -> Result<Test, Reason> {
        let Value::Field(source, Kind::Array(element)) = self.value(array)? else {
            return refused("containment in something else than an array is not carried");
        };
        if !matches!(*element, Kind::Text | Kind::Enum(_)) {
            return refused("containment of such elements is not carried");
        }
        let mut options = Vec::new();
        for element in self.elements(list)? {
            match self.value(&element)? {
                Value::Constant(constant) => options.push(constant.text),
                _ => return refused("an array of something else than constants is not carried"),
            }
        }
        Ok(Test::Leaf(Leaf::Elements(source, options)))
    }

    /// The elements of a constant array.
    pub(super) fn elements(&mut self, list: &Expression) -> Result<Vec<Expression>, Reason> {
        match list {
            Expression::Array(elements) => Ok(elements.clone()),
            Expression::Cast(inner, name) => {
                let Some(element) = name.strip_suffix("[]") else {
                    return refused("an array of such a type is not carried");
                };
                let cast = |element_of: Expression| Expression::Cast(Box::new(element_of), element.to_owned());
                match inner.as_ref() {
                    Expression::Text(text) => {
                        let Some(texts) = literal(text) else {
                            return refused("an array literal with quotes is not carried");
                        };
                        Ok(texts.into_iter().map(|text| cast(Expression::Text(text))).collect())
                    }
                    inner => Ok(self.elements(inner)?.into_iter().map(cast).collect()),
                }
            }
            _ => refused("it looks in something else than a list of constants"),
        }
    }
}

/// The elements of `{a,b}`, if it holds nothing that would have to be unquoted.
fn literal(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let elements: Vec<String> = inner.split(',').map(str::to_owned).collect();
    let plain = |element: &String| {
        !element.is_empty()
            && !element.eq_ignore_ascii_case("null")
            && !element.contains(['"', '\\', '{', '}'])
            && element.trim() == element
    };
    elements.iter().all(plain).then_some(elements)
}
