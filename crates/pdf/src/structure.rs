//! What each piece of a page is, for those who do not see it: the tree of tags.

/// A node of the tree, by its place.
pub(crate) type Node = usize;

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Part,
    Section,
    Heading { level: u16, title: String },
    Paragraph,
    Quote,
    Code,
    Contents,
    ContentsItem,
    Reference,
    Link,
    List,
    Item,
    ItemBody,
    Table { summary: String },
    TableHead,
    TableBody,
    Row,
    ColumnHead,
    RowHead,
    Cell,
}

/// What stands beneath a node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Child {
    Node(Node),
    /// An item of a page.
    Content {
        page: usize,
        item: usize,
    },
}

/// The tree; its root is the document.
#[derive(Debug)]
pub(crate) struct Structure {
    pub(crate) nodes: Vec<(Kind, Vec<Child>)>,
}

/// The root.
pub(crate) const ROOT: Node = 0;

impl Structure {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![(Kind::Part, Vec::new())] }
    }

    /// A new node, the last of its parent's.
    pub(crate) fn add(&mut self, parent: Node, kind: Kind) -> Node {
        let node = self.nodes.len();
        self.nodes.push((kind, Vec::new()));
        self.push(parent, Child::Node(node));
        node
    }

    pub(crate) fn push(&mut self, parent: Node, child: Child) {
        if let Some((_, children)) = self.nodes.get_mut(parent) {
            children.push(child);
        }
    }
}
