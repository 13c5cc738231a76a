use super::*;
use crate::PgError;

fn parse(url: &str) -> Result<Target, PgError> {
    Target::parse_with(url, &|name| match name {
        "USER" => Some("somebody".to_owned()),
        "PGPASSWORD" => Some("from-env".to_owned()),
        _ => None,
    })
}

fn tcp(host: &str, port: u16) -> Endpoint {
    Endpoint::Tcp { host: host.to_owned(), port }
}

#[test]
fn reads_a_full_url() {
    let target = parse(
        "postgresql://us%40er:p%2Fw%3A@a:1,[::1]:2,c/d%20b?sslmode=verify-full&sslrootcert=/ca.pem&application_name=x\
         &connect_timeout=3&options=-c%20a%3Db&target_session_attrs=read-write&channel_binding=require&sslcert=/c&sslkey=/k",
    )
    .unwrap();
    assert_eq!(target.endpoints, [tcp("a", 1), tcp("::1", 2), tcp("c", 5432)]);
    assert_eq!((target.user.as_str(), target.dbname.as_str()), ("us@er", "d b"));
    assert_eq!(target.password.as_ref().unwrap().expose(), "p/w:");
    assert_eq!((target.tls, target.root_cert.clone()), (TlsMode::VerifyFull, Some(RootCert::File("/ca.pem".into()))));
    assert_eq!(target.connect_timeout, Duration::from_secs(3));
    assert_eq!(target.options.as_deref(), Some("-c a=b"));
    assert_eq!(target.session_attrs, SessionAttrs::ReadWrite);
    assert_eq!(parse(target.to_url().expose()).unwrap(), target);
}

#[test]
fn fills_in_what_is_left_out() {
    let target = parse("postgres://").unwrap();
    assert_eq!(target.endpoints, [tcp("localhost", 5432)]);
    assert_eq!((target.user.as_str(), target.dbname.as_str()), ("somebody", "somebody"));
    assert_eq!(target.password.as_ref().unwrap().expose(), "from-env");
    assert_eq!(target.tls, TlsMode::Prefer);
    assert_eq!(target.redacted(), "postgres://somebody@localhost:5432/somebody");
}

#[test]
fn unix_sockets() {
    let expected = [Endpoint::Unix { dir: "/run/pg".into(), port: 5433 }];
    assert_eq!(parse("postgres:///db?host=/run/pg&port=5433").unwrap().endpoints, expected);
    assert_eq!(parse("postgres://u@%2Frun%2Fpg:5433/db").unwrap().endpoints, expected);
    let target = parse("postgres://u@/db?host=/run/pg").unwrap();
    assert_eq!(target.redacted(), "postgres://u@%2Frun%2Fpg:5432/db");
    assert_eq!(parse(target.to_url().expose()).unwrap(), target);
}

#[test]
fn a_password_never_shows() {
    let target = parse("postgres://u:hunter2@h/db").unwrap();
    for text in [target.redacted(), format!("{target:?}"), format!("{target:#?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    // Nor in the message about a URL that an unencoded password broke.
    for url in ["postgres://u:hun/ter2@h/db", "postgres://u:hunter2#x@h/db", "hunter2", "postgres://u@h:hunter2/db"] {
        let message = parse(url).unwrap_err().to_string();
        assert!(!message.contains("hunter2") && !message.contains("ter2@"), "{message}");
    }
    assert_eq!(parse("postgres://u:p@ss@h/db").unwrap().password.unwrap().expose(), "p@ss");
}

#[test]
fn refuses_by_name() {
    for (url, part) in [
        ("mysql://h/db", "postgres://"),
        ("postgres://h:0/db", "port"),
        ("postgres://h/db?sslmod=require", "did you mean `sslmode`"),
        ("postgres://h/db?sslmode=on", "verify-full"),
        ("postgres://h/db?schema=public", "`schema` is not supported"),
        ("postgres://h/db?connect_timeout=soon", "whole seconds"),
        ("postgres://h/db?sslcert=/x", "go together"),
        ("postgres://h/db?sslmode=require&sslrootcert=system", "verify-full"),
        ("postgres:///db?host=a,b&port=1,2,3", "3 ports for 2 hosts"),
        ("postgres://[::1/db", "`]`"),
        ("postgres://h/a%00b", "NUL"),
    ] {
        let error = parse(url).unwrap_err();
        assert_eq!(error.code(), "pg-url-invalid", "{url}");
        assert!(error.to_string().contains(part), "{url}: {error}");
    }
    assert_eq!(parse("postgres://h/db?sslrootcert=system").unwrap().tls, TlsMode::VerifyFull);
}

#[test]
fn session_attrs_choose() {
    assert!(SessionAttrs::ReadWrite.accepts(false, false));
    assert!(!SessionAttrs::ReadWrite.accepts(true, false));
    assert!(!SessionAttrs::ReadWrite.accepts(false, true));
    assert!(SessionAttrs::Standby.accepts(true, true));
    assert!(SessionAttrs::Primary.accepts(false, true));
}
