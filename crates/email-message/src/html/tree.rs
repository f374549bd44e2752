//! The tree of a document.

use super::{attributes::Attributes, tag::Name};

/// The index of a node in its tree.
pub(super) type NodeId = u32;

/// The document, which is the root. It is nobody's child or sibling, so in links between nodes it stands for none.
pub(super) const DOCUMENT: NodeId = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Namespace {
    Html,
    MathMl,
    Svg,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    /// An element, and the index of its attributes.
    Element { name: Name, namespace: Namespace, attributes: u32 },
    /// A range of the tree's text.
    Text(u32, u32),
}

#[derive(Debug)]
struct Node {
    content: Content,
    parent: NodeId,
    first_child: NodeId,
    last_child: NodeId,
    previous: NodeId,
    next: NodeId,
}

/// Nodes in one vector that refer to each other by index, so that neither building nor dropping a deep tree needs a deep stack.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    text: String,
    attributes: Vec<Attributes>,
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree =
            Self { nodes: Vec::new(), text: String::new(), attributes: vec![Attributes::default()] };
        tree.create(Content::Text(0, 0));
        tree
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Creates a node without a parent.
    pub(super) fn create(&mut self, content: Content) -> NodeId {
        let none = DOCUMENT;
        self.nodes.push(Node {
            content,
            parent: none,
            first_child: none,
            last_child: none,
            previous: none,
            next: none,
        });
        // The length of HTML is far below 2³² bytes.
        u32::try_from(self.nodes.len() - 1).unwrap_or(DOCUMENT)
    }

    /// Creates a copy of a node, without its children.
    pub(super) fn copy(&mut self, id: NodeId) -> NodeId {
        let content = self.node(id).content;
        if let Content::Element { attributes: index @ 1.., .. } = content {
            self.attributes[index as usize].is_copied = true;
        }
        self.create(content)
    }

    pub(super) fn create_text(&mut self, text: &str) -> NodeId {
        let position = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = position(&self.text);
        self.text.push_str(text);
        self.create(Content::Text(start, position(&self.text)))
    }

    /// Stores attributes. Returns their index.
    pub(super) fn add_attributes(&mut self, attributes: Attributes) -> u32 {
        if attributes == Attributes::default() {
            return 0;
        }
        self.attributes.push(attributes);
        u32::try_from(self.attributes.len() - 1).unwrap_or(0)
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    pub(super) fn content(&self, id: NodeId) -> &Content {
        &self.node(id).content
    }

    pub(super) fn attributes(&self, index: u32) -> &Attributes {
        &self.attributes[index as usize]
    }

    pub(super) fn attributes_len(&self) -> usize {
        self.attributes.len()
    }

    pub(super) fn text(&self, start: u32, end: u32) -> &str {
        &self.text[start as usize..end as usize]
    }

    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).parent
    }

    pub(super) fn first_child(&self, id: NodeId) -> NodeId {
        self.node(id).first_child
    }

    pub(super) fn next(&self, id: NodeId) -> NodeId {
        self.node(id).next
    }

    /// Moves a node to the end of `parent`.
    pub(super) fn append(&mut self, parent: NodeId, id: NodeId) {
        self.detach(id);
        let last = std::mem::replace(&mut self.node_mut(parent).last_child, id);
        if last == DOCUMENT {
            self.node_mut(parent).first_child = id;
        } else {
            self.node_mut(last).next = id;
        }
        let node = self.node_mut(id);
        (node.parent, node.previous) = (parent, last);
    }

    /// Moves a node to the position before `sibling`.
    pub(super) fn insert_before(&mut self, sibling: NodeId, id: NodeId) {
        self.detach(id);
        let parent = self.node(sibling).parent;
        let previous = std::mem::replace(&mut self.node_mut(sibling).previous, id);
        if previous == DOCUMENT {
            self.node_mut(parent).first_child = id;
        } else {
            self.node_mut(previous).next = id;
        }
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next) = (parent, previous, sibling);
    }

    /// Moves all children of `from` to the end of `to`.
    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        loop {
            let child = self.node(from).first_child;
            if child == DOCUMENT {
                return;
            }
            self.append(to, child);
        }
    }

    fn detach(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (DOCUMENT, DOCUMENT, DOCUMENT);
        if previous != DOCUMENT {
            self.node_mut(previous).next = next;
        } else if self.node(parent).first_child == id {
            self.node_mut(parent).first_child = next;
        }
        if next != DOCUMENT {
            self.node_mut(next).previous = previous;
        } else if self.node(parent).last_child == id {
            self.node_mut(parent).last_child = previous;
        }
    }
}
