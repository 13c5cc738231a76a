//! What is known beside a schema.

use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// Something about where and how a catalog was read, which is no part of the schema: any two are equal.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Circumstance<T>(pub T);

impl<T> PartialEq for Circumstance<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Circumstance<T> {}

impl<T> Deref for Circumstance<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Circumstance<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Circumstance<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}
