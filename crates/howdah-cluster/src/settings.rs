//! `howdah.conf`: the server's settings, for this machine.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::error::{ClusterError, Result};
use crate::find::Install;
use crate::machine::Machine;

/// Beyond this a laptop's other programs need the memory more than a development database does.
const SHARED_BUFFERS_MAX: u64 = 1 << 30;
const SHARED_BUFFERS_MIN: u64 = 32 << 20;
const MIB: u64 = 1 << 20;

/// What a caller may decide about a cluster.
#[derive(Debug, Clone, Default)]
pub struct ClusterOptions {
    /// The loopback port to try first. Without one, a free port that stays the same from then on.
    pub port: Option<u16>,
    /// PostgreSQL settings (unquoted values) that replace Howdah's own.
    pub settings: BTreeMap<String, String>,
    /// True for a cluster whose data nobody will miss (tests, scratch): nothing is ever synced to disk, so that a crash
    /// of the machine (not of the server) loses it all.
    pub throwaway: bool,
    /// Shown in the process list and in the log; "howdah" without one.
    pub name: Option<String>,
}

impl ClusterOptions {
    /// For tests and scratch databases: fast, small, not durable.
    pub fn throwaway() -> Self {
        Self { throwaway: true, ..Self::default() }
    }
}

/// The text of `howdah.conf`.
pub(crate) fn render(machine: Machine, install: &Install, options: &ClusterOptions) -> Result<String> {
    let mut settings = defaults(machine, install, options);
    for (name, value) in &options.settings {
        check_setting(name, value)?;
        settings.insert(name.clone(), value.clone());
    }
    let mut text = String::from(
        "# Written by Howdah at every start: changes here are lost. Put your own into custom.conf beside it,\n\
         # or use ALTER SYSTEM. Port, addresses and sockets are given on the server's command line.\n",
    );
    for (name, value) in settings {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} = '{}'", value.replace('\\', "\\\\").replace('\'', "''"));
    }
    Ok(text)
}

fn check_setting(name: &str, value: &str) -> Result<()> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let fail = |reason| Err(ClusterError::Setting { name: name.to_owned(), reason });
    if name.is_empty() || !name.chars().all(allowed) {
        return fail("its name has other characters than letters, digits, _ and .");
    }
    if value.chars().any(char::is_control) {
        return fail("its value has a line break or another control character");
    }
    Ok(())
}

fn defaults(machine: Machine, install: &Install, options: &ClusterOptions) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        map.insert(name.to_owned(), value);
    };
    let megabytes = |bytes: u64| format!("{}MB", bytes / MIB);
    let connections = 100_u64;
    let cores = u64::from(machine.cores);

    set("cluster_name", options.name.clone().unwrap_or_else(|| "howdah".into()));
    set("max_connections", connections.to_string());
    // A quarter of the memory is PostgreSQL's own advice for a dedicated machine; the cap makes it a guest here.
    set("shared_buffers", megabytes((machine.memory / 4).clamp(SHARED_BUFFERS_MIN, SHARED_BUFFERS_MAX)));
    set("effective_cache_size", megabytes((machine.memory / 2).max(64 * MIB)));
    // Several sorts in one statement and many statements at once must still fit.
    set("work_mem", megabytes((machine.memory / 8 / connections).clamp(4 * MIB, 32 * MIB)));
    set("maintenance_work_mem", megabytes((machine.memory / 16).clamp(32 * MIB, 512 * MIB)));
    set("max_worker_processes", cores.max(8).to_string());
    set("max_parallel_workers", cores.clamp(1, 64).to_string());
    set("max_parallel_workers_per_gather", (cores / 2).clamp(1, 4).to_string());
    set("max_parallel_maintenance_workers", (cores / 2).clamp(1, 4).to_string());
    // Solid state: a random page costs hardly more than the next one, and many reads may be under way.
    set("random_page_cost", "1.1".into());
    if cfg!(target_os = "linux") {
        set("effective_io_concurrency", "200".into());
    }
    // Compiling pays from seconds on; short queries only wait for it.
    set("jit", "off".into());

    // `logical` is `replica` and a little more, and changing it later needs a restart.
    set("wal_level", "logical".into());
    set("wal_compression", "on".into());
    set("max_wal_size", "1GB".into());
    set("min_wal_size", "80MB".into());
    set("checkpoint_timeout", "15min".into());

    set("password_encryption", "scram-sha-256".into());
    set("timezone", "UTC".into());
    set("log_timezone", "UTC".into());
    set("lc_messages", "C".into());

    set("logging_collector", "on".into());
    set("log_directory", "../log".into());
    set("log_filename", "postgres-%Y%m%d-%H%M%S.log".into());
    set("log_rotation_size", "10MB".into());
    set("log_rotation_age", "0".into());
    set("log_file_mode", "0600".into());
    set("log_line_prefix", "%m [%p] %q%u@%d %a ".into());
    set("log_min_duration_statement", "1s".into());
    set("log_lock_waits", "on".into());
    set("log_temp_files", "10MB".into());

    set("track_io_timing", "on".into());
    set("track_activity_query_size", "8kB".into());
    set("compute_query_id", "on".into());
    if install.has_library("pg_stat_statements") {
        set("shared_preload_libraries", "pg_stat_statements".into());
    }

    if options.throwaway {
        set("fsync", "off".into());
        set("full_page_writes", "off".into());
        set("synchronous_commit", "off".into());
        set("shared_buffers", "64MB".into());
        set("checkpoint_timeout", "1h".into());
        // In the data folder, so that a killed server leaves nothing in /dev/shm once its folder is deleted.
        set("dynamic_shared_memory_type", "mmap".into());
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::Source;
    use crate::version::PgVersion;

    fn install() -> Install {
        Install { bin_dir: "/nowhere/bin".into(), version: PgVersion::new(15, 1), source: Source::Path }
    }

    fn line(text: &str, name: &str) -> Option<String> {
        text.lines().find_map(|line| line.strip_prefix(&format!("{name} = "))).map(str::to_owned)
    }

    #[test]
    fn memory_is_shared_out() {
        let check = |gib_halves: u64, cores, buffers: &str, cache: &str, work: &str| {
            let machine = Machine { memory: gib_halves << 29, cores };
            let text = render(machine, &install(), &ClusterOptions::default()).unwrap();
            assert_eq!(line(&text, "shared_buffers").as_deref(), Some(buffers), "{text}");
            assert_eq!(line(&text, "effective_cache_size").as_deref(), Some(cache), "{text}");
            assert_eq!(line(&text, "work_mem").as_deref(), Some(work), "{text}");
        };
        check(1, 1, "'128MB'", "'256MB'", "'4MB'");
        check(4, 2, "'512MB'", "'1024MB'", "'4MB'");
        check(32, 8, "'1024MB'", "'8192MB'", "'20MB'");
        check(256, 64, "'1024MB'", "'65536MB'", "'32MB'");
    }

    #[test]
    fn a_caller_has_the_last_word_but_cannot_break_out_of_a_line() {
        let machine = Machine { memory: 1 << 30, cores: 2 };
        let mut options = ClusterOptions::default();
        options.settings.insert("max_connections".into(), "200".into());
        options.settings.insert("app.note".into(), "it's \\ here".into());
        let text = render(machine, &install(), &options).unwrap();
        assert_eq!(line(&text, "max_connections").as_deref(), Some("'200'"));
        assert_eq!(line(&text, "app.note").as_deref(), Some(r"'it''s \\ here'"));
        assert_eq!(text.matches("max_connections").count(), 1);

        for (name, value) in [("a b", "x"), ("", "x"), ("work_mem", "1\nfsync = off")] {
            let mut options = ClusterOptions::default();
            options.settings.insert(name.into(), value.into());
            assert_eq!(render(machine, &install(), &options).unwrap_err().code(), "cluster-setting-invalid");
        }
    }

    #[test]
    fn no_library_no_preload() {
        let text = render(Machine::here(), &install(), &ClusterOptions::default()).unwrap();
        assert_eq!(line(&text, "shared_preload_libraries"), None);
    }
}
