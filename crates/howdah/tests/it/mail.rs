//! The local mailbox of `howdah dev`, and what `howdah serve` says about mail.

use std::process::Command;

use howdah_testkit::TestDb;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::serve::{command, served, wait};
use crate::sessions::ask;
use crate::support::{PATIENCE, Project, run};

#[test]
fn mails_of_development_are_read_here() {
    let project = Project::init("personal");
    let empty = project.run(["mail"]).ok();
    assert!(empty.stdout.is_empty() && empty.stderr.contains("No mail yet"), "{} {}", empty.stdout, empty.stderr);
    project.run(["mail", "show"]).failed(1, "mail-not-found", &["howdah mail"]);

    let mut dev = project.dev(&["--no-seed"]);
    let credentials = json!({ "email": "ada@example.org", "password": "a password of some length" });
    let (status, body) = ask(&format!("{}/auth/v1/signup", dev.url), "POST", &credentials, None);
    assert_eq!(status, 200, "{body}");
    let letters = || project.run(["mail", "--json"]).ok().json()["data"]["letters"].as_array().unwrap().clone();
    wait(|| letters().len() == 1);
    let letter = letters()[0].clone();
    assert_eq!((&letter["number"], &letter["to"]), (&json!(1), &json!("ada@example.org")));
    let (code, link) = (letter["code"].as_str().unwrap(), letter["link"].as_str().unwrap());
    let line = project.run(["mail"]).ok().stdout;
    let cells: Vec<_> = line.trim_end().split('\t').collect();
    assert_eq!(
        (cells[0], cells[2], cells[3], cells[4]),
        ("1", "ada@example.org", "Howdah: Confirm your address", code)
    );
    let shown = project.run(["mail", "show", "1"]).ok().stdout;
    assert!(shown.contains("To: ada@example.org") && shown.contains(link) && shown.contains(code), "{shown}");
    assert_eq!(project.run(["mail", "open"]).ok().stdout.trim_end(), link);
    project.run(["mail", "show", "2"]).failed(1, "mail-not-found", &["mail 2"]);

    // Over HTTP too, to this machine by its own name.
    let (status, body) = ask(&format!("{}/dev/mail/1", dev.url), "GET", &Value::Null, None);
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()["link"].as_str()), (200, Some(link)));
    let foreign = Command::new("curl").args(["-s", "-H", "Host: evil.test", &format!("{}/dev/mail", dev.url)]).output();
    let foreign = String::from_utf8(foreign.unwrap().stdout).unwrap();
    assert!(foreign.contains("this machine only") && !foreign.contains("example.org"), "{foreign}");

    // The link leads to this very server, and then to the site.
    assert!(link.starts_with(&dev.url), "{link}");
    let followed =
        Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", link]).output().unwrap();
    let followed = String::from_utf8(followed.stdout).unwrap();
    assert!(followed.starts_with("http://localhost:3000/#access_token="), "{followed}");
    let (status, body) = ask(&format!("{}/auth/v1/token?grant_type=password", dev.url), "POST", &credentials, None);
    assert_eq!(status, 200, "{body}");
    dev.process.signal(Signal::SIGINT);
    dev.process.wait_exit(PATIENCE);
    let token = link.split_once("token=").unwrap().1.split('&').next().unwrap();
    let said = dev.process.output();
    assert!(!said.contains(token) && !said.contains("ada@example.org"), "{said}");
}

#[test]
fn a_server_has_no_mailbox_and_checks_what_it_is_told_of_mail() {
    let db = TestDb::template_blocking("personal");
    let mut plain = command(&db.login_url());
    plain.env("HOWDAH_PASSWORD_PEPPER", "a pepper of some length");
    let server = served(plain);
    assert_eq!(ask(&format!("{}/dev/mail", server.url), "GET", &Value::Null, None).0, 404);
    // Without a way to send mails, nobody is told that one is on its way.
    let (status, body) = ask(&format!("{}/auth/v1/recover", server.url), "POST", &json!({ "email": "a@b.test" }), None);
    assert!(status == 422 && body.contains("email_provider_disabled"), "{status} {body}");
    for (url, from, said) in [
        ("smtp://mail.test", "", "auth.mail_from"),
        ("http://mail.test", "noreply@example.org", "HOWDAH_SMTP_URL"),
        ("smtp://mail.test", "Howdah <noreply@example.org>", "without a name"),
    ] {
        let mut wrong = command(&db.login_url());
        wrong.env("HOWDAH_PASSWORD_PEPPER", "a pepper of some length").env("HOWDAH_SMTP_URL", url);
        if !from.is_empty() {
            wrong.env("HOWDAH_AUTH_MAIL_FROM", from);
        }
        run(&mut wrong).failed(2, "mail-setting", &[said]);
    }
}
