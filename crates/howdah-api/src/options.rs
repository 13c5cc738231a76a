//! What the API exposes, and how much of it at a time. The setting of PostgREST that each option stands for is named.

use std::collections::BTreeMap;
use std::time::Duration;

use howdah_schema::QualifiedName;

/// The options of one API.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Schemas whose tables, views and functions are served; the first is the default one. `db-schemas`
    pub schemas: Vec<String>,
    /// Schemas whose types, operators and functions may be named without their schema. `db-extra-search-path`
    pub extra_search_path: Vec<String>,
    /// Where the API stands: `/rest/v1`, or empty for the root.
    pub base_path: String,
    /// Rows of one answer at the most. `db-max-rows`
    pub max_rows: Option<u64>,
    /// Rows of an answer beyond this many bytes are streamed.
    pub stream_above: usize,
    /// Levels of embedding at the most.
    pub max_embed_depth: usize,
    /// A statement that the planner expects to cost more than this is refused; no limit by default.
    pub max_cost: Option<f64>,
    /// Relations whose rows are changed and deleted only under `If-Match`: without it, 428.
    pub require_if_match: Vec<QualifiedName>,
    /// A function called at the beginning of every transaction, after role and claims are set. `db-pre-request`
    pub pre_request: Option<QualifiedName>,
    /// Settings of a function that is called become those of its transaction. `db-hoisted-tx-settings`
    pub hoisted_settings: Vec<String>,
    /// How long statements of a role may take where the database says nothing of its `statement_timeout`; zero is no limit.
    pub statement_timeouts: BTreeMap<String, Duration>,
    /// `avg()`, `count()`, `max()`, `min()` and `sum()` in `select`. `db-aggregates-enabled`
    pub aggregates: bool,
    /// `Accept: application/vnd.pgrst.plan`. `db-plan-enabled`
    pub plan: bool,
    /// `Prefer: timezone=`. `db-timezone-enabled`
    pub timezone: bool,
    /// How transactions end. `db-tx-end`
    pub tx_end: TxEnd,
    /// A function that describes the API at the root instead of the generated description. `db-root-spec`
    pub root_spec: Option<QualifiedName>,
    /// What the description at the root lists. `openapi-mode`
    pub openapi: OpenApiMode,
    /// Whether the description says that requests carry a token. `openapi-security-active`
    pub openapi_security: bool,
    /// The address of the API as clients see it. `openapi-server-proxy-uri`
    pub openapi_server: Option<String>,
    /// Operations of one batch at the most.
    pub max_batch: usize,
    /// DELETE marks rows of tables that have `deleted_at`, and reads leave marked rows out.
    pub soft_delete: bool,
}

/// What PostgREST hoists by default.
const HOISTED: [&str; 3] = ["statement_timeout", "plan_filter.statement_cost_limit", "default_transaction_isolation"];

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            schemas: vec!["public".into()],
            extra_search_path: vec!["public".into()],
            base_path: "/rest/v1".into(),
            max_rows: Some(10_000),
            stream_above: 256 * 1024,
            max_embed_depth: 8,
            max_cost: None,
            require_if_match: Vec::new(),
            pre_request: None,
            hoisted_settings: HOISTED.map(str::to_owned).to_vec(),
            statement_timeouts: BTreeMap::new(),
            aggregates: true,
            plan: false,
            timezone: true,
            tx_end: TxEnd::Commit,
            root_spec: None,
            openapi: OpenApiMode::FollowPrivileges,
            openapi_security: true,
            openapi_server: None,
            max_batch: 100,
            soft_delete: true,
        }
    }
}

/// How the transaction of a request ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TxEnd {
    /// It is committed.
    #[default]
    Commit,
    /// It is committed, unless the request asks for `Prefer: tx=rollback`.
    CommitAllowOverride,
    /// It is rolled back.
    Rollback,
    /// It is rolled back, unless the request asks for `Prefer: tx=commit`.
    RollbackAllowOverride,
}

/// What the API's description lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenApiMode {
    /// What the caller's role may use.
    #[default]
    FollowPrivileges,
    /// All that is exposed.
    IgnorePrivileges,
    /// There is no description.
    Disabled,
}
