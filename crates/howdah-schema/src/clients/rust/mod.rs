//! Rust: a module a table, over tokio-postgres.

mod support;

use super::ClientOptions;
use crate::{Catalog, OutputFile};

/// What the generated code needs, as it stands in `Cargo.toml`.
pub const DEPENDENCIES: &str = r#"[dependencies]
bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio-postgres = { version = "0.7", features = ["with-chrono-0_4", "with-serde_json-1", "with-uuid-1"] }
uuid = { version = "1", features = ["serde"] }
"#;

/// The client's files: `mod.rs` is its root.
pub fn files(_catalog: &Catalog, _options: &ClientOptions) -> Vec<OutputFile> {
    support::files().collect()
}
