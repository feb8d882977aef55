//! A tree of secrets: a key for every customer and person there can be, none of which has to be made,
//! and each of which can be destroyed for itself.
//!
//! A node's two children are its hashes with 0 and with 1, so whoever has a node has all below it, and
//! nobody finds a node from its children (Goldreich, Goldwasser and Micali 1986). A key is the leaf at the
//! end of a path of 128 bits. To destroy it, the node above it is replaced by the siblings along its path:
//! they give every other leaf below that node, and not this one. So a ring begins with one secret, and
//! grows by 128 of them at most for each key that is shredded.

use sha2::{Digest as _, Sha256};

use super::secret::Secret;

/// Bits of a path.
const DEPTH: u8 = 128;
const LABEL: &[u8] = b"tally/key-tree/1";

/// Where a leaf is: the branches from the root on, the highest bit first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub u128);

impl Path {
    fn bit(self, depth: u8) -> bool {
        self.0 & (1 << (DEPTH - 1 - depth)) != 0
    }
}

/// A secret, and the first bits of all the paths that it gives the keys of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The bits after `depth` are zero.
    pub start: Path,
    pub depth: u8,
    pub secret: Secret,
}

impl Node {
    fn covers(&self, path: Path) -> bool {
        (self.start.0 ^ path.0).leading_zeros() >= u32::from(self.depth)
    }

    fn child(&self, bit: bool) -> Self {
        let mut start = self.start;
        if bit {
            start.0 |= 1 << (DEPTH - 1 - self.depth);
        }
        Self { start, depth: self.depth + 1, secret: child(&self.secret, bit) }
    }
}

fn child(parent: &Secret, bit: bool) -> Secret {
    let mut hash = Sha256::new();
    hash.update(LABEL);
    hash.update(parent.bytes());
    hash.update([u8::from(bit)]);
    Secret::new(hash.finalize().into())
}

/// What is left of a tree: its nodes, none of them below another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    #[must_use]
    pub fn new(root: Secret) -> Self {
        Self { nodes: vec![Node { start: Path(0), depth: 0, secret: root }] }
    }

    /// Takes nodes as they were written; none if one is below another, or is no node.
    #[must_use]
    pub fn of(mut nodes: Vec<Node>) -> Option<Self> {
        nodes.sort_by_key(|node| node.start);
        let is_node = |node: &Node| node.depth <= DEPTH && (node.depth == DEPTH || node.start.0 << node.depth == 0);
        let apart = nodes.iter().zip(nodes.iter().skip(1)).all(|(one, next)| !one.covers(next.start));
        (nodes.iter().all(is_node) && apart).then_some(Self { nodes })
    }

    /// In the order of their paths.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// The key at the end of a path; none: it was destroyed.
    #[must_use]
    pub fn leaf(&self, path: Path) -> Option<Secret> {
        let node = self.nodes.get(self.place(path)?)?;
        let from = node.secret.clone();
        Some((node.depth..DEPTH).fold(from, |secret, depth| child(&secret, path.bit(depth))))
    }

    /// Destroys the key at the end of a path. False: it was destroyed before.
    pub fn puncture(&mut self, path: Path) -> bool {
        let Some(place) = self.place(path) else { return false };
        let mut node = self.nodes.remove(place);
        let mut siblings = Vec::with_capacity(usize::from(DEPTH));
        while node.depth < DEPTH {
            let bit = path.bit(node.depth);
            siblings.push(node.child(!bit));
            node = node.child(bit);
        }
        siblings.sort_by_key(|node| node.start);
        self.nodes.splice(place..place, siblings);
        true
    }

    /// Of the node above a path: the last one that does not begin behind it.
    fn place(&self, path: Path) -> Option<usize> {
        let place = self.nodes.partition_point(|node| node.start <= path).checked_sub(1)?;
        self.nodes.get(place)?.covers(path).then_some(place)
    }

    /// Destroys all its keys.
    pub fn clear(&mut self) {
        self.nodes.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree() -> Tree {
        Tree::new(Secret::new([7; 32]))
    }

    proptest! {
        #[test]
        fn what_is_punctured_is_gone_and_all_else_is_as_before(
            gone in prop::collection::vec(any::<u128>(), 1..5), others in prop::collection::vec(any::<u128>(), 5), flip in 0_u32..128
        ) {
            let mut less = tree();
            for path in &gone {
                prop_assert!(less.puncture(Path(*path)));
            }
            prop_assert!(gone.iter().all(|path| less.leaf(Path(*path)).is_none() && !less.clone().puncture(Path(*path))));
            let near = gone.iter().map(|path| path ^ (1 << flip));
            for path in others.iter().copied().chain(near).filter(|path| !gone.contains(path)) {
                prop_assert_eq!(less.leaf(Path(path)), tree().leaf(Path(path)));
            }
            prop_assert_eq!(Tree::of(less.nodes().cloned().collect()), Some(less.clone()));
        }
    }

    #[test]
    fn a_node_below_another_is_refused() {
        let root = Node { start: Path(0), depth: 0, secret: Secret::new([1; 32]) };
        assert_eq!(Tree::of(vec![root.clone(), root.child(true)]), None);
        assert_eq!(Tree::of(vec![Node { start: Path(1), ..root }]), None);
    }
}
