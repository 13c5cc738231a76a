//! The grammar of scopes, and what each allows.

use proptest::prelude::*;

use super::*;

const ALL: [Operation; 5] = [Operation::Read, Operation::Insert, Operation::Update, Operation::Delete, Operation::Call];

/// What a scope allows on `public.tasks`, the function of that name for a call.
fn check(scope: &str, expected: &[Operation]) {
    let scopes = Scopes::parse([scope]).unwrap();
    let on = QualifiedName::new("public", "tasks");
    let allowed: Vec<_> = ALL.into_iter().filter(|operation| scopes.allow(*operation, &on, "public").is_ok()).collect();
    assert_eq!(allowed, expected, "{scope}");
}

#[test]
fn what_a_scope_allows() {
    use Operation::{Call, Delete, Insert, Read, Update};
    check("tasks:read", &[Read]);
    check("tasks:insert", &[Insert]);
    check("tasks:update", &[Update]);
    check("tasks:delete", &[Delete]);
    check("tasks:write", &[Insert, Update, Delete]);
    check("tasks:*", &[Read, Insert, Update, Delete]);
    check("public.tasks:read", &[Read]);
    check("\"tasks\":read", &[Read]);
    check("\"public\".\"tasks\":read", &[Read]);
    check("*:read", &[Read]);
    check("*:*", &[Read, Insert, Update, Delete]);
    check("rpc/tasks:call", &[Call]);
    check("rpc/*:call", &[Call]);
    check("rpc/public.tasks:*", &[Call]);
    check("task:read", &[]);
    check("Tasks:read", &[]);
    check("audit.tasks:read", &[]);
    check("rpc/other:call", &[]);
}

#[test]
fn names_without_a_schema_are_of_the_default_one() {
    let scopes = Scopes::parse(["tasks:read"]).unwrap();
    let on = QualifiedName::new("crm", "tasks");
    assert!(scopes.allow(Operation::Read, &on, "crm").is_ok());
    let error = scopes.allow(Operation::Read, &on, "public").unwrap_err();
    assert_eq!((error.status.as_u16(), error.code.as_str()), (403, "HOWDAH_KEY_SCOPE"));
    assert!(error.message.contains("crm.tasks:read"), "{}", error.message);
    let none = Scopes::default();
    let odd = QualifiedName::new("public", "odd: \"name\"");
    let error = none.allow(Operation::Delete, &odd, "public").unwrap_err();
    let missing = error.details.unwrap()["missing_scope"].as_str().unwrap().to_owned();
    assert_eq!(missing, "\"odd: \"\"name\"\"\":delete");
    assert!(Scopes::parse([missing]).unwrap().allow(Operation::Delete, &odd, "public").is_ok());
    let call = none.allow(Operation::Call, &odd, "public").unwrap_err();
    assert!(call.message.contains("rpc/\"odd"), "{}", call.message);
}

#[test]
fn what_is_no_scope() {
    for (text, reason) in [
        ("", "table:operation"),
        ("tasks", "table:operation"),
        (":read", "name a table"),
        ("tasks:", "operations of a table"),
        ("tasks:raed", "did you mean \"read\"?"),
        ("tasks:call", "operations of a table"),
        ("rpc/f:read", "operations of a function"),
        ("rpc/:call", "name a table"),
        ("a.b.c:read", "name a table"),
        ("a b:read", "name a table"),
        ("\"a:read", "name a table"),
        ("\"\":read", "name a table"),
        ("ta*:read", "name a table"),
        ("*.*:read", "name a table"),
    ] {
        let error = Scopes::parse([text]).unwrap_err();
        assert_eq!(error.code(), "scope-malformed", "{text}");
        assert!(error.to_string().contains(reason), "{text}: {error}");
    }
    assert_eq!(Scopes::parse::<&str>([]).unwrap_err(), ScopeError::Number(0));
    let many: Vec<_> = (0..101).map(|number| format!("t{number}:read")).collect();
    assert_eq!(Scopes::parse(&many).unwrap_err(), ScopeError::Number(101));
    assert_eq!(Scopes::parse(["a:read", "a:read", "\"a\":read"]).unwrap().texts(), ["a:read"]);
}

#[test]
fn what_is_not_served_is_not_allowed_to_anybody() {
    let served = Served {
        default_schema: "public".to_owned(),
        relations: vec![QualifiedName::new("public", "contacts"), QualifiedName::new("crm", "leads")],
        functions: vec![QualifiedName::new("public", "search")],
    };
    let checked = |scope: &str| Scopes::parse([scope]).unwrap().check(&served).map_err(|error| error.to_string());
    for fine in ["contacts:read", "public.contacts:*", "crm.leads:write", "*:read", "rpc/search:call", "rpc/*:call"] {
        assert_eq!(checked(fine), Ok(()), "{fine}");
    }
    for (scope, near) in [
        ("contact:read", Some("contacts:read")),
        ("crm.lead:write", Some("crm.leads:write")),
        ("leads:read", None),
        ("rpc/serach:call", Some("rpc/search:call")),
        ("rpc/contacts:call", None),
        ("search:read", None),
    ] {
        let error = checked(scope).unwrap_err();
        let meant = near.map(|near| format!("did you mean \"{near}\"?"));
        assert_eq!(meant.as_ref().map(|meant| error.contains(meant)), meant.as_ref().map(|_| true), "{error}");
        assert_eq!(error.contains("did you mean"), near.is_some(), "{error}");
    }
}

proptest! {
    /// What is written is read as the same, whatever the names are.
    #[test]
    fn scopes_survive_being_written(schema in proptest::option::of(".{1,8}"), name in ".{1,12}", verb in 0..VERBS.len()) {
        let (verb, allowed) = VERBS[verb];
        let is_function = allowed == [Operation::Call];
        let scope = Scope { target: Target { is_function, name: Some((schema, name)) }, verb };
        let text = scope.to_string();
        prop_assert_eq!(Scope::parse(&text), Ok(scope), "{}", text);
    }

    #[test]
    fn no_text_makes_the_reader_fail(text in "\\PC*") {
        let _ = Scopes::parse([text]);
    }
}
