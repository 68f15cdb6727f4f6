//! A table of entities behind `Rc`, copied on write: cloning the table copies pointers, so a snapshot is cheap.

use std::marker::PhantomData;
use std::rc::Rc;

/// Entities of one kind, numbered from 1 in order of creation. Removed entities leave a gap; ids are never used twice.
#[derive(Debug, Hash)]
pub struct Table<I, T> {
    rows: Vec<Option<Rc<T>>>,
    len: usize,
    ids: PhantomData<I>,
}

impl<I, T> Clone for Table<I, T> {
    fn clone(&self) -> Self {
        Self { rows: self.rows.clone(), len: self.len, ids: PhantomData }
    }
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self { rows: Vec::new(), len: 0, ids: PhantomData }
    }
}

impl<I: From<u32> + Into<u32> + Copy, T: Clone> Table<I, T> {
    /// The id that the next [`insert`](Self::insert) will give.
    pub fn next_id(&self) -> I {
        I::from(self.rows.len() as u32 + 1)
    }

    /// Adds an entity and returns its id.
    pub fn insert(&mut self, row: T) -> I {
        let id = self.next_id();
        self.rows.push(Some(Rc::new(row)));
        self.len += 1;
        id
    }

    /// Adds an entity whose id was given elsewhere; panics when the id is taken.
    pub fn insert_at(&mut self, id: I, row: T) {
        let index = id.into() as usize - 1;
        if self.rows.len() <= index {
            self.rows.resize_with(index + 1, || None);
        }
        assert!(self.rows[index].is_none(), "the id is free");
        self.rows[index] = Some(Rc::new(row));
        self.len += 1;
    }

    /// The entity, if it exists and has not been removed.
    pub fn get(&self, id: I) -> Option<&T> {
        self.slot(id).as_deref()
    }

    /// The entity for writing; copied first when a snapshot still shares it.
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        let index = (id.into() as usize).wrapping_sub(1);
        self.rows.get_mut(index)?.as_mut().map(Rc::make_mut)
    }

    /// Forgets an entity.
    pub fn remove(&mut self, id: I) -> Option<Rc<T>> {
        let index = (id.into() as usize).wrapping_sub(1);
        let row = self.rows.get_mut(index)?.take();
        self.len -= usize::from(row.is_some());
        row
    }

    /// Entities in order of creation.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> {
        self.rows.iter().enumerate().filter_map(|(index, row)| Some((I::from(index as u32 + 1), row.as_deref()?)))
    }

    /// Ids in order of creation.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + '_ {
        self.iter().map(|(id, _)| id)
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn slot(&self, id: I) -> &Option<Rc<T>> {
        self.rows.get((id.into() as usize).wrapping_sub(1)).unwrap_or(&None)
    }
}

impl<I: From<u32> + Into<u32> + Copy, T: Clone> std::ops::Index<I> for Table<I, T> {
    type Output = T;

    /// The entity; panics when it does not exist, which is a bug of the caller.
    fn index(&self, id: I) -> &T {
        self.get(id).expect("the entity exists")
    }
}
