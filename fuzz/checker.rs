//! The reader of requests that both targets feed.

use std::sync::OnceLock;

use howdah_api::RequestCheck;

/// Of one view with one column; made once.
pub fn checker() -> &'static RequestCheck {
    static CHECKER: OnceLock<RequestCheck> = OnceLock::new();
    CHECKER.get_or_init(|| {
        let catalog = serde_json::from_str(CATALOG).expect("the catalog is JSON of its own version");
        RequestCheck::new(&catalog, &["public".to_owned()])
    })
}

const CATALOG: &str = include_str!("catalog.json");
