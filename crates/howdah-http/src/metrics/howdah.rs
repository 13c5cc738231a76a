//! The counts under Howdah's own names. Times are in seconds.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::text::{Kind, Text};
use super::{BOUNDS, CLASSES, METHODS, Metrics, Now, OTHER_METHOD, Sealing, read, seconds};

pub(super) fn write(metrics: &Metrics, now: &Now) -> String {
    let mut text = Text::default();
    text.family("howdah_build_info", Kind::Gauge, "What runs; the value is 1")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let uptime = metrics.started.elapsed().as_secs_f64();
    text.gauge("howdah_uptime_seconds", "For how long it has been running", uptime);
    requests(metrics, &mut text);
    connections(metrics, &mut text);
    pool(metrics, now, &mut text);
    caches(metrics, now, &mut text);
    if let Some(sealing) = &now.sealing {
        audit(sealing, &mut text);
    }
    text.finish()
}

fn requests(metrics: &Metrics, text: &mut Text) {
    let help = "Requests answered, by method and class of status";
    let mut requests = text.family("howdah_requests_total", Kind::Counter, help);
    let methods = METHODS.iter().map(|(_, name)| *name).chain([OTHER_METHOD]);
    for (method, counts) in methods.zip(&metrics.requests) {
        for (class, count) in CLASSES.iter().zip(counts) {
            requests.sample(&[("method", method), ("status", class)], read(count));
        }
    }
    let help = "From a request's coming to the head of its answer";
    let mut durations = text.family("howdah_request_duration_seconds", Kind::Histogram, help);
    // Read before they are added up: a sum of what others still add to would not be the last bucket.
    let counts: Vec<u64> = metrics.durations.iter().map(read).collect();
    let mut within = 0;
    for (bound, count) in BOUNDS.iter().zip(&counts) {
        within += count;
        durations.part("_bucket", &[("le", &seconds(*bound).to_string())], within);
    }
    let all: u64 = counts.iter().sum();
    durations.part("_bucket", &[("le", "+Inf")], all);
    durations.part("_sum", &[], Duration::from_nanos(read(&metrics.nanoseconds)).as_secs_f64());
    durations.part("_count", &[], all);
}

fn connections(metrics: &Metrics, text: &mut Text) {
    let open = metrics.open_connections.load(Ordering::Relaxed);
    text.gauge("howdah_connections_open", "Clients that are connected", open);
    text.counter("howdah_connections_total", "Clients that have connected", read(&metrics.connections));
}

fn pool(metrics: &Metrics, now: &Now, text: &mut Text) {
    let (pool, status) = (&metrics.pool, &now.status);
    text.gauge("howdah_pool_up", "1 while the database can be reached, else 0", u8::from(status.up));
    text.gauge("howdah_pool_lanes", "Shared lanes that there are to be", status.lanes);
    text.gauge("howdah_pool_lanes_open", "Shared lanes that are open", status.lanes_up);
    text.gauge("howdah_pool_lane_flights", "Flights on shared lanes that await their answer", status.lane_flights);
    text.counter("howdah_pool_lane_flights_total", "Flights that went to a shared lane", pool.lane_flights());
    let help = "Shared lanes that were replaced because a flight held them up";
    text.counter("howdah_pool_lanes_held_up_total", help, pool.lanes_held_up());
    let mut sessions = text.family("howdah_pool_sessions", Kind::Gauge, "Exclusive sessions, by what they do");
    sessions.sample(&[("state", "busy")], status.exclusive_busy);
    sessions.sample(&[("state", "idle")], status.exclusive_idle);
    text.gauge("howdah_pool_sessions_max", "Exclusive sessions at the most", status.exclusive_max);
    let help = "Times that an exclusive session was taken";
    text.counter("howdah_pool_sessions_taken_total", help, pool.sessions_taken());
    text.gauge("howdah_pool_waiting", "Requests that wait for an exclusive session", pool.waiting());
    let help = "Requests that waited for an exclusive session in vain";
    text.counter("howdah_pool_timeouts_total", help, pool.timeouts());
}

fn caches(metrics: &Metrics, now: &Now, text: &mut Text) {
    let mut loads = text.family("howdah_schema_loads_total", Kind::Counter, "Times that the schema was read");
    loads.sample(&[("result", "success")], read(&metrics.loads));
    loads.sample(&[("result", "failure")], read(&metrics.failed_loads));
    let help = "How long reading the schema took the last time";
    text.gauge("howdah_schema_load_seconds", help, seconds(read(&metrics.load_time)));
    let tokens = &metrics.tokens;
    text.gauge("howdah_token_cache_entries", "Verified tokens that are remembered", now.remembered_tokens);
    text.counter("howdah_token_cache_hits_total", "Tokens that were remembered", tokens.hits());
    text.counter("howdah_token_cache_misses_total", "Tokens that had to be verified", tokens.misses());
    text.counter("howdah_token_cache_evictions_total", "Tokens that made room for others", tokens.evictions());
    let [made, to_make] = &metrics.descriptions;
    let help = "Descriptions of the API that had been made before";
    text.counter("howdah_description_cache_hits_total", help, read(made));
    let help = "Descriptions of the API that had to be made";
    text.counter("howdah_description_cache_misses_total", help, read(to_make));
}

/// Nothing of it where nothing is sealed: a lag of zero would say that all is well.
fn audit(sealing: &Sealing, text: &mut Text) {
    let help = "1 while the audit trail can be sealed, by this process or by one that it stands by for, else 0";
    text.gauge("howdah_audit_sealer_up", help, u8::from(sealing.is_up));
    text.counter("howdah_audit_sealed_total", "Events of the audit trail that this process has sealed", sealing.sealed);
    let Some(waiting) = sealing.waiting else { return };
    let help = "Events of the audit trail that wait to be sealed; no more than 100,000 are counted";
    text.gauge("howdah_audit_unsealed_events", help, waiting.events);
    let help = "How long the oldest of them has been waiting, 0 where none waits";
    text.gauge("howdah_audit_oldest_unsealed_seconds", help, waiting.oldest.as_secs_f64());
}
