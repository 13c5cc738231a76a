//! x
/// x
pub fn rules() -> &'static [crate::findings::Rule] { &[] }
