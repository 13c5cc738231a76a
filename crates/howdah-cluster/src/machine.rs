//! How much memory and how many cores there are to share.

use std::fs;

/// What settings are derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Machine {
    /// Bytes, the container's limit where that is lower.
    pub(crate) memory: u64,
    /// At least 1.
    pub(crate) cores: u32,
}

impl Machine {
    /// This one. Where the memory cannot be found out, 2 GiB are assumed.
    pub(crate) fn here() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX));
        let mut memory = physical_memory().unwrap_or(2 << 30);
        for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
            // "max", or a number beyond all memory, where there is no limit.
            if let Some(limit) = fs::read_to_string(file).ok().and_then(|text| text.trim().parse::<u64>().ok()) {
                memory = memory.min(limit);
            }
        }
        Self { memory, cores }
    }
}

fn physical_memory() -> Option<u64> {
    if let Ok(text) = fs::read_to_string("/proc/meminfo") {
        return meminfo_total(&text);
    }
    // macOS and the BSDs.
    ["hw.memsize", "hw.physmem"].iter().find_map(|name| {
        let out = std::process::Command::new("sysctl").args(["-n", name]).output().ok()?;
        String::from_utf8(out.stdout).ok()?.trim().parse().ok()
    })
}

fn meminfo_total(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_meminfo() {
        let text = "MemTotal:       24683520 kB\nMemFree:        24331264 kB\n";
        assert_eq!(meminfo_total(text), Some(24_683_520 * 1024));
        assert_eq!(meminfo_total("nothing"), None);
    }

    #[test]
    fn this_machine_has_something() {
        let machine = Machine::here();
        assert!(machine.cores >= 1);
        assert!(machine.memory > 64 << 20, "{machine:?}");
    }
}
