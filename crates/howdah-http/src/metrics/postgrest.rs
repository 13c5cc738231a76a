//! The counts under PostgREST's names, with its help texts.
//!
//! What it calls its pool are the exclusive sessions here; reads that travel on a shared lane never wait for one.

use super::text::{Kind, Text};
use super::{Metrics, Now, read, seconds};

pub(super) fn write(metrics: &Metrics, now: &Now) -> String {
    let mut text = Text::default();
    let (pool, tokens, status) = (&metrics.pool, &metrics.tokens, &now.status);
    text.gauge(
        "pgrst_schema_cache_query_time_seconds",
        "The query time in seconds of the last schema cache load",
        seconds(read(&metrics.load_time)),
    );
    let help = "The total number of times the schema cache was loaded";
    let mut loads = text.family("pgrst_schema_cache_loads_total", Kind::Counter, help);
    loads.sample(&[("status", "SUCCESS")], read(&metrics.loads));
    loads.sample(&[("status", "FAIL")], read(&metrics.failed_loads));
    text.counter("pgrst_db_pool_timeouts_total", "The total number of pool connection timeouts", pool.timeouts());
    let available = status.exclusive_max.saturating_sub(status.exclusive_busy);
    text.gauge("pgrst_db_pool_available", "Available connections in the pool", available);
    text.gauge("pgrst_db_pool_waiting", "Requests waiting to acquire a pool connection", pool.waiting());
    text.gauge("pgrst_db_pool_max", "Max pool connections", status.exclusive_max);
    let lookups = tokens.hits() + tokens.misses();
    text.counter("pgrst_jwt_cache_requests_total", "The total number of JWT cache lookups", lookups);
    text.counter("pgrst_jwt_cache_hits_total", "The total number of JWT cache hits", tokens.hits());
    text.counter("pgrst_jwt_cache_evictions_total", "The total number of JWT cache evictions", tokens.evictions());
    text.finish()
}
