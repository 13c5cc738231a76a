//! Typed clients: the catalog as types of other languages.
