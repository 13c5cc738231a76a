//! What the system knows about processes: memory and processor time. Linux only; elsewhere there is nothing.

use std::fs;

/// Linux tells processor time to programs in hundredths of a second, whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// Of one process, in bytes.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Memory {
    /// In memory now (VmRSS); pages of the binary count.
    pub(crate) resident: u64,
    /// The most it ever had in memory (VmHWM).
    pub(crate) peak: u64,
}

/// The memory of a process.
pub(crate) fn memory(pid: u32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
    };
    Some(Memory { resident: field("VmRSS:")?, peak: field("VmHWM:")? })
}

/// Processor time in seconds.
#[derive(Debug, Clone, Copy)]
struct Times {
    parent: u32,
    own: f64,
    /// Of children that have ended and were waited for.
    reaped: f64,
}

fn times(pid: &str) -> Option<Times> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // "pid (name) S ppid …"; the name may hold anything, also a parenthesis.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    let seconds = |a: usize, b: usize| Some((ticks(a)? + ticks(b)?) / TICKS_PER_SECOND);
    Some(Times { parent: fields.get(1)?.parse().ok()?, own: seconds(11, 12)?, reaped: seconds(13, 14)? })
}

/// Processor seconds of a process so far.
pub(crate) fn cpu(pid: u32) -> Option<f64> {
    Some(times(&pid.to_string())?.own)
}

/// Processor seconds of a server and all its children so far, also those that have ended.
pub(crate) fn cpu_with_children(pid: u32) -> Option<f64> {
    let server = times(&pid.to_string())?;
    let children = fs::read_dir("/proc").ok()?.flatten().filter_map(|entry| {
        let name = entry.file_name();
        let times = times(name.to_str().filter(|name| name.bytes().all(|b| b.is_ascii_digit()))?)?;
        (times.parent == pid).then_some(times.own)
    });
    Some(server.own + server.reaped + children.sum::<f64>())
}

/// Processor seconds of the programs this process has run to their end so far.
pub(crate) fn cpu_of_ended_children() -> Option<f64> {
    Some(times("self")?.reaped)
}

/// Processor seconds of the calling thread so far.
pub(crate) fn cpu_of_this_thread() -> Option<f64> {
    // In nanoseconds; not every kernel is built with it.
    if let Ok(text) = fs::read_to_string("/proc/thread-self/schedstat")
        && let Some(Ok(nanoseconds)) = text.split_whitespace().next().map(str::parse::<f64>)
    {
        return Some(nanoseconds / 1e9);
    }
    Some(times("thread-self")?.own)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::{cpu, cpu_of_ended_children, cpu_of_this_thread, cpu_with_children, memory};

    #[test]
    fn this_process_has_memory_and_time() {
        let pid = std::process::id();
        let memory = memory(pid).unwrap();
        assert!(memory.resident > 100_000 && memory.peak >= memory.resident / 2, "{memory:?}");
        let before = cpu_of_this_thread().unwrap();
        let mut sum = 0_u64;
        for i in 0..20_000_000_u64 {
            sum = std::hint::black_box(sum.wrapping_add(i));
        }
        assert!(cpu_of_this_thread().unwrap() > before);
        assert!(cpu(pid).unwrap() > 0.0);
    }

    #[test]
    fn children_count_after_their_end() {
        let before = cpu_of_ended_children().unwrap();
        let script = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        assert!(Command::new("sh").args(["-c", script]).status().unwrap().success());
        assert!(cpu_of_ended_children().unwrap() > before);
        assert!(cpu_with_children(std::process::id()).unwrap() >= cpu(std::process::id()).unwrap());
    }
}
