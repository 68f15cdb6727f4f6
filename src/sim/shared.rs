//! A part of the state that snapshots share until one of them writes to it: cloning it copies a pointer.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// Reads as what it holds; the first write after a clone copies it.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared<T>(Rc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Rc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_seen_by_the_writer_alone() {
        let mut first: Shared<Vec<u32>> = Shared::default();
        first.push(1);
        let second = first.clone();
        first.push(2);
        assert_eq!((first.len(), second.len()), (2, 1));
    }
}
