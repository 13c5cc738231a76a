//! The reader of requests for `shop.sql`.

use std::sync::OnceLock;

use howdah_api::RequestCheck;

use crate::catalog::catalog;

/// It is made once.
pub fn checker() -> &'static RequestCheck {
    static CHECKER: OnceLock<RequestCheck> = OnceLock::new();
    CHECKER.get_or_init(|| RequestCheck::new(catalog(), &["public".to_owned()]))
}
