//! Elements of a parsed page.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// An element with what is in it.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// All text below.
    pub(super) text: String,
    pub(super) parent: String,
}

impl Element {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value.as_str())
    }
}

/// All elements in order, and what the parser found wrong.
pub(super) fn parse(html: &str) -> (Vec<Element>, Vec<String>) {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let mut elements = Vec::new();
    collect(&dom.document, "", &mut elements);
    let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
    (elements, errors)
}

fn collect(node: &Handle, parent: &str, elements: &mut Vec<Element>) {
    let mut name = parent.to_owned();
    match &node.data {
        NodeData::Element { name: qualified, attrs, .. } => {
            name = qualified.local.to_string();
            let attributes = attrs.borrow();
            let attributes =
                attributes.iter().map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()));
            let (attributes, parent) = (attributes.collect(), parent.to_owned());
            elements.push(Element { name: name.clone(), attributes, text: text(node), parent });
        }
        NodeData::Comment { contents } => panic!("a comment: {contents}"),
        _ => {}
    }
    for child in node.children.borrow().iter() {
        collect(child, &name, elements);
    }
}

fn text(node: &Handle) -> String {
    let mut all = String::new();
    if let NodeData::Text { contents } = &node.data {
        all.push_str(&contents.borrow());
    }
    for child in node.children.borrow().iter() {
        all.push_str(&text(child));
    }
    all
}
