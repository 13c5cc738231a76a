use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use howdah_testkit::{TestProcess, free_port, http_get};

fn shell(script: &str) -> TestProcess {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    TestProcess::spawn(command)
}

fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

#[test]
fn waits_for_a_line_and_keeps_both_outputs() {
    let mut process = shell("echo one; echo two >&2; sleep 0.1; echo listening on 7; exit 3");
    assert_eq!(process.wait_for_line("listening"), "listening on 7");
    assert_eq!(process.wait_for_line("one"), "one", "also what was printed before");
    assert_eq!(process.wait_exit(Duration::from_secs(5)).code(), Some(3));
    assert_eq!(process.stdout(), "one\nlistening on 7\n");
    assert_eq!(process.stderr(), "two\n");
}

#[test]
fn who_ends_or_hangs_instead_is_quoted() {
    let message = |process: &TestProcess, patience| {
        let wait = || process.wait_for("the end of time", patience, |line| line.contains("never"));
        let panic = catch_unwind(AssertUnwindSafe(wait)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let ended = message(&shell("echo my last words"), Duration::from_secs(10));
    assert!(ended.contains("sh ended without printing the end of time") && ended.contains("my last words"), "{ended}");
    let hung = message(&shell("echo hello; sleep 60"), Duration::from_millis(300));
    assert!(hung.contains("has had 300ms") && hung.contains("hello"), "{hung}");
}

#[test]
fn its_children_die_with_it() {
    let process = shell("sleep 77 & echo child $!; wait");
    let line = process.wait_for_line("child");
    let child = line.trim_start_matches("child ").to_owned();
    assert!(runs(&child));
    drop(process);
    for _ in 0..100 {
        if !runs(&child) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("process {child} is still there");
}

#[test]
fn terminate_asks_kindly() {
    let mut process = shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
    process.wait_for_line("ready");
    assert!(process.terminate().success());
    assert_eq!(process.stdout(), "ready\nbye\n");
}

#[test]
fn waits_for_http() {
    let port = free_port();
    let server = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        for answer in ["503 Not Yet", "200 OK", "404 Not Found"] {
            let (mut stream, _): (TcpStream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            write!(stream, "HTTP/1.0 {answer}\r\ncontent-type: text/plain\r\n\r\nwhat {answer}").unwrap();
        }
    });
    let process = shell("sleep 60");
    let url = format!("http://127.0.0.1:{port}/ready");
    process.wait_for_http(&url, Duration::from_secs(10));
    let answer = http_get(&url).unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (404, "what 404 Not Found"));
    server.join().unwrap();
    assert!(http_get(&url).is_err());
}
