//! What the generated clients do.

#[test]
fn nothing() {}
