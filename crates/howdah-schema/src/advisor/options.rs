//! What the advisor is told beside the catalog.

/// Who comes in over HTTP, and by which schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisorOptions {
    /// The schemas whose tables, views and functions are reached over HTTP.
    pub exposed_schemas: Vec<String>,
    /// The roles of callers that are not trusted: those without a token, and those who have signed in. Roles that stand for
    /// trusted server code are not among them.
    pub api_roles: Vec<String>,
}

/// As `howdah.toml` has it where it says nothing.
impl Default for AdvisorOptions {
    fn default() -> Self {
        Self {
            exposed_schemas: vec!["public".to_owned()],
            api_roles: vec!["anon".to_owned(), "authenticated".to_owned()],
        }
    }
}
