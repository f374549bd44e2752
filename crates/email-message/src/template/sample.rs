//! Sample values for a template's variables, built from how the template uses them.

#[cfg(test)]
mod tests;
mod uses;

use std::{collections::BTreeMap, sync::Arc};

use super::{
    analysis::UsedVariables,
    variables::{Fields, Variable, Variables},
};

pub(super) use uses::Uses;

/// The maximum number of values in a sample.
const MAX_VALUES: usize = 1_000;

/// The length of a list that a loop goes through.
const LIST_LENGTH: usize = 2;

/// What a template uses a value as. A later kind is more specific and replaces an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Nothing is known, so a text fits.
    #[default]
    Unknown,
    /// A condition.
    Bool,
    /// A list or a text, such as the right side of `in`.
    Container,
    Text,
    Number,
    List,
    Object,
}

/// A value that a template uses.
#[derive(Debug, Default)]
struct Node {
    kind: Kind,
    /// The name of a text, such as `price` for `{{ item.price }}`.
    name: String,
    /// The elements of a list, which are all alike.
    item: Option<NodeId>,
    /// The minimum length of a list.
    length: usize,
    fields: BTreeMap<String, NodeId>,
    /// A loop assigns the elements of this list to these names: `{% for key, value in pairs %}`.
    elements: Vec<NodeId>,
}

type NodeId = usize;

/// The values that a template uses.
#[derive(Debug, Default)]
struct Shapes {
    nodes: Vec<Node>,
    variables: BTreeMap<String, NodeId>,
}

impl Shapes {
    /// Returns a sample for these variables.
    fn sample(&self, used: &UsedVariables) -> Variables {
        let mut budget = MAX_VALUES;
        let values = used.as_slice().iter().map(|variable| {
            let node = self.variables.get(&variable.name);
            let value = node.map_or(Variable::Null, |node| self.value(*node, &mut budget));
            (variable.name.as_str().into(), value)
        });
        Variables(object(values.collect()))
    }

    fn value(&self, node: NodeId, budget: &mut usize) -> Variable {
        let Some(left) = budget.checked_sub(1) else { return Variable::Null };
        *budget = left;
        let node = &self.nodes[node];
        match node.kind {
            // A subject must not contain control characters.
            Kind::Unknown | Kind::Text => Variable::Text(node.name.replace(char::is_control, " ").into()),
            Kind::Bool => Variable::Bool(true),
            Kind::Number => Variable::Number(1.into()),
            Kind::Object => {
                let fields = node.fields.iter();
                let values = fields.map(|(name, field)| (name.as_str().into(), self.value(*field, budget)));
                Variable::Object(object(values.collect()))
            }
            Kind::List if !node.elements.is_empty() => {
                Variable::List(node.elements.iter().map(|element| self.value(*element, budget)).collect())
            }
            Kind::Container | Kind::List => {
                let items = node.item.iter().cycle().take(node.length.max(LIST_LENGTH));
                Variable::List(items.map(|item| self.value(*item, budget)).collect())
            }
        }
    }

    fn node(&mut self, name: &str) -> NodeId {
        self.nodes.push(Node { name: name.to_owned(), ..Node::default() });
        self.nodes.len() - 1
    }

    /// Notes that a value is used as something.
    fn use_as(&mut self, node: Option<NodeId>, kind: Kind) {
        if let Some(node) = node {
            let node = &mut self.nodes[node];
            node.kind = node.kind.max(kind);
        }
    }

    fn field(&mut self, object: NodeId, name: &str) -> NodeId {
        self.use_as(Some(object), Kind::Object);
        if let Some(field) = self.nodes[object].fields.get(name) {
            return *field;
        }
        let field = self.node(name);
        self.nodes[object].fields.insert(name.to_owned(), field);
        field
    }

    /// Returns the elements of a list. The first name is the one that texts get.
    fn item(&mut self, list: NodeId, kind: Kind, name: &str) -> NodeId {
        self.use_as(Some(list), kind);
        if let Some(item) = self.nodes[list].item {
            return item;
        }
        let item = self.node(name);
        self.nodes[list].item = Some(item);
        item
    }

    fn element(&mut self, list: NodeId, index: usize, name: &str) -> NodeId {
        if let Some(element) = self.nodes[list].elements.get(index) {
            return *element;
        }
        let element = self.node(name);
        self.nodes[list].elements.push(element);
        element
    }

    /// Notes that a list has at least this length.
    fn require_length(&mut self, list: NodeId, length: usize) {
        let known = &mut self.nodes[list].length;
        *known = (*known).max(length);
    }

    fn variable(&mut self, name: &str) -> NodeId {
        if let Some(node) = self.variables.get(name) {
            return *node;
        }
        let node = self.node(name);
        self.variables.insert(name.to_owned(), node);
        node
    }
}

fn object(fields: Vec<(Arc<str>, Variable)>) -> Arc<Fields> {
    // The names are those of a map, so they are unique.
    Arc::new(Fields::new(fields).unwrap_or_default())
}
