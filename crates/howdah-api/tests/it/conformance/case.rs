//! Case files: `tests/conformance/README.md` describes the form.

use std::path::Path;

use reqwest::Method;
use serde_json::Value;

/// A file of cases.
#[derive(Debug)]
pub(super) struct File {
    /// Without ending; with the folder of its database before it, as in `harbour-filters`.
    pub(super) name: String,
    /// Whose rows its cases meet.
    pub(super) database: Database,
    /// `Option: name=value` lines, for the server of this file.
    pub(super) options: Vec<(String, String)>,
    pub(super) cases: Vec<Case>,
}

/// The databases that cases are run against; each is `schema.sql` and `data.sql` in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Database {
    /// The invented railway, in the folder of all cases.
    Rail,
    /// The invented port, in a folder of its own.
    Harbour,
}

#[derive(Debug)]
pub(super) struct Case {
    pub(super) title: String,
    /// Of the title, counted from 1.
    pub(super) line: usize,
    /// `# fails: reason`: what the server does not do yet. The case must fail then.
    pub(super) known_gap: Option<String>,
    pub(super) steps: Vec<Step>,
}

/// A request and the reply to it.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) line: usize,
    pub(super) method: Method,
    /// Below the base path, with the query.
    pub(super) path: String,
    pub(super) caller: Caller,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    pub(super) expected: Expected,
}

/// Who asks.
#[derive(Debug, Default)]
pub(super) enum Caller {
    /// No token.
    #[default]
    Anonymous,
    /// A token with these claims.
    Claims(Value),
}

#[derive(Debug, Default)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// The error's code, where the answer is to be an error of the four members.
    pub(super) code: Option<String>,
    pub(super) headers: Vec<ExpectedHeader>,
    /// Not looked at where there is none.
    pub(super) body: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum ExpectedHeader {
    /// `Name: value`; several of one name are all of its values.
    Is(String, String),
    /// `Name: ~part`
    Holds(String, String),
    /// `Name: *`
    Present(String),
    /// `!Name`
    Absent(String),
}

/// Where the API stands; `{base}` in expected headers.
const BASE: &str = "/rest/v1";
/// The words that begin a request.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

impl File {
    /// # Errors
    /// The file cannot be read, or a line of it is not of the form.
    pub(super) fn read(path: &Path, database: Database) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = match database {
            Database::Rail => name,
            Database::Harbour => format!("harbour-{name}"),
        };
        Self::parse(&name, database, &text)
    }

    fn parse(name: &str, database: Database, text: &str) -> Result<Self, String> {
        let at = |line: usize, what: &str| format!("{name}.txt:{line}: {what}");
        let mut file = Self { name: name.to_owned(), database, options: Vec::new(), cases: Vec::new() };
        let lines: Vec<(usize, &str)> = text.lines().enumerate().map(|(index, line)| (index + 1, line)).collect();
        let mut parts = lines.split(|(_, line)| line.starts_with("== "));
        for (number, line) in parts.next().unwrap_or_default() {
            match line.strip_prefix("Option: ").and_then(|option| option.split_once('=')) {
                Some((key, value)) => file.options.push((key.to_owned(), value.to_owned())),
                None if line.is_empty() || line.starts_with('#') => {}
                None => return Err(at(*number, "before the first case there are comments and \"Option: name=value\"")),
            }
        }
        let titles = lines.iter().filter_map(|(number, line)| Some((*number, line.strip_prefix("== ")?)));
        for ((number, title), part) in titles.zip(parts) {
            let case = case(number, title.trim(), part).map_err(|(line, what)| at(line, &what))?;
            file.cases.push(case);
        }
        if file.cases.is_empty() {
            return Err(at(1, "no case"));
        }
        Ok(file)
    }
}

type Lines<'a> = &'a [(usize, &'a str)];
type Refused = (usize, String);

fn case(line: usize, title: &str, part: Lines<'_>) -> Result<Case, Refused> {
    let mut known_gap = None;
    let mut rest = part;
    while let Some(((_, text), more)) = rest.split_first() {
        if let Some(comment) = text.strip_prefix('#') {
            known_gap = comment.trim().strip_prefix("fails: ").map(str::to_owned).or(known_gap);
        } else if !text.is_empty() {
            break;
        }
        rest = more;
    }
    let steps = rest.split(|(_, text)| *text == "--").map(|lines| step(line, lines)).collect::<Result<_, _>>()?;
    Ok(Case { title: title.to_owned(), line, known_gap, steps })
}

fn step(title_line: usize, lines: Lines<'_>) -> Result<Step, Refused> {
    let last = lines.last().map_or(title_line, |(number, _)| *number);
    let arrow = lines.iter().position(|(_, text)| text.starts_with("-> "));
    let Some(arrow) = arrow else { return Err((last, "a request without \"-> status\"".to_owned())) };
    let (request, reply) = lines.split_at(arrow);
    let mut step = Step { expected: expected(reply)?, ..Step::default() };

    let (head, body) = halves(skip_empty(request));
    let Some(((number, first), headers)) = head.split_first() else {
        return Err((last, "no request line".to_owned()));
    };
    let (method, path) = first.split_once(' ').unwrap_or((first, ""));
    if !METHODS.contains(&method) || !path.starts_with('/') {
        return Err((*number, format!("\"{first}\" is not \"METHOD /path\"")));
    }
    step.line = *number;
    step.method = method.parse().map_err(|_| (*number, "no method".to_owned()))?;
    path[1..].clone_into(&mut step.path);
    for (number, text) in headers {
        let Some((name, value)) = text.split_once(": ") else {
            return Err((*number, format!("\"{text}\" is not \"Header: value\"")));
        };
        match name {
            "As" => step.caller = caller(value),
            "Claims" => {
                let claims = serde_json::from_str(value).map_err(|error| (*number, format!("claims: {error}")))?;
                step.caller = Caller::Claims(claims);
            }
            _ => step.headers.push((name.to_owned(), value.to_owned())),
        }
    }
    step.body = body;
    Ok(step)
}

/// `anon`, `authenticated`, `authenticated ada`: a role and who it is.
fn caller(text: &str) -> Caller {
    let (role, subject) = text.split_once(' ').unwrap_or((text, "someone"));
    match role {
        "anon" => Caller::Anonymous,
        _ => Caller::Claims(serde_json::json!({ "role": role, "sub": subject })),
    }
}

fn expected(reply: Lines<'_>) -> Result<Expected, Refused> {
    let (head, body) = halves(reply);
    let Some(((number, first), headers)) = head.split_first() else { return Ok(Expected::default()) };
    let mut words = first.split(' ').skip(1);
    let status = words.next().and_then(|status| status.parse().ok());
    let Some(status) = status else { return Err((*number, format!("\"{first}\" is not \"-> status [code]\""))) };
    let code = words.next().map(str::to_owned);
    if words.next().is_some() {
        return Err((*number, format!("\"{first}\" is not \"-> status [code]\"")));
    }
    let headers = headers
        .iter()
        .map(|(number, text)| header(text).ok_or((*number, format!("\"{text}\" says nothing of a header"))))
        .collect::<Result<_, _>>()?;
    Ok(Expected { status, code, headers, body })
}

fn header(text: &str) -> Option<ExpectedHeader> {
    if let Some(name) = text.strip_prefix('!') {
        return Some(ExpectedHeader::Absent(name.to_ascii_lowercase()));
    }
    let (name, value) = text.split_once(": ")?;
    let (name, value) = (name.to_ascii_lowercase(), value.replace("{base}", BASE));
    Some(match value.strip_prefix('~') {
        Some(part) => ExpectedHeader::Holds(name, part.to_owned()),
        None if value == "*" => ExpectedHeader::Present(name),
        None => ExpectedHeader::Is(name, value),
    })
}

/// What stands before the first empty line, and what stands after it, if anything does.
fn halves<'a>(lines: Lines<'a>) -> (Lines<'a>, Option<String>) {
    let empty = lines.iter().position(|(_, text)| text.is_empty()).unwrap_or(lines.len());
    let (head, rest) = lines.split_at(empty);
    let body: Vec<&str> = rest.iter().skip(1).map(|(_, text)| *text).collect();
    let body = body.join("\n");
    let body = body.trim_end_matches('\n');
    (head, (!body.is_empty()).then(|| body.to_owned()))
}

fn skip_empty<'a>(lines: Lines<'a>) -> Lines<'a> {
    let start = lines.iter().position(|(_, text)| !text.is_empty()).unwrap_or(lines.len());
    &lines[start..]
}

#[test]
fn the_form_is_read() {
    let text = "# About.\nOption: max-rows=3\n\n== one\n# assumed\nGET /a?b=eq.1\nAs: authenticated ada\nPrefer: count=exact\n\n\
                -> 206\nContent-Range: 0-0/2\n!Location\nX: ~part\nY: *\n\n[1]\n\n\
                == two\n# fails: not yet\nPOST /a\n\n{\"b\":\n\n1}\n\n-> 400 PGRST102\n--\nGET /a\n-> 200\n";
    let file = File::parse("x", Database::Rail, text).unwrap();
    assert_eq!(file.options, [("max-rows".to_owned(), "3".to_owned())]);
    let [one, two] = file.cases.as_slice() else { panic!("{file:?}") };
    assert_eq!((one.title.as_str(), one.line, one.steps.len(), &one.known_gap), ("one", 4, 1, &None));
    let step = &one.steps[0];
    assert_eq!((step.method.as_str(), step.path.as_str(), step.line), ("GET", "a?b=eq.1", 6));
    assert_eq!(step.headers, [("Prefer".to_owned(), "count=exact".to_owned())]);
    assert!(
        matches!(&step.caller, Caller::Claims(claims) if claims["sub"] == "ada" && claims["role"] == "authenticated")
    );
    assert_eq!((step.expected.status, step.expected.body.as_deref()), (206, Some("[1]")));
    let of = |name: &str| name.to_owned();
    let headers = [
        ExpectedHeader::Is(of("content-range"), of("0-0/2")),
        ExpectedHeader::Absent(of("location")),
        ExpectedHeader::Holds(of("x"), of("part")),
        ExpectedHeader::Present(of("y")),
    ];
    assert_eq!(step.expected.headers, headers);
    assert_eq!(two.known_gap.as_deref(), Some("not yet"));
    assert_eq!(two.steps.len(), 2);
    assert_eq!(two.steps[0].body.as_deref(), Some("{\"b\":\n\n1}"));
    assert_eq!(two.steps[0].expected.code.as_deref(), Some("PGRST102"));
    assert_eq!((two.steps[1].path.as_str(), two.steps[1].expected.body.as_deref()), ("a", None));
}

#[test]
fn what_is_not_of_the_form_is_refused_with_its_line() {
    let check = |text: &str, expected: &str| {
        let error = File::parse("x", Database::Rail, text).unwrap_err();
        assert!(error.starts_with(expected), "{text:?}: {error}");
    };
    check("", "x.txt:1: no case");
    check("hello\n== t\nGET /a\n-> 200", "x.txt:1: before the first case");
    check("== t\nGET /a\n", "x.txt:2: a request without");
    check("== t\nFETCH /a\n-> 200", "x.txt:2: \"FETCH /a\" is not");
    check("== t\nGET a\n-> 200", "x.txt:2: \"GET a\" is not");
    check("== t\nGET /a\nPrefer\n-> 200", "x.txt:3: \"Prefer\" is not");
    check("== t\nGET /a\nClaims: {\n-> 200", "x.txt:3: claims");
    check("== t\nGET /a\n-> ok", "x.txt:3: \"-> ok\"");
    check("== t\nGET /a\n-> 200 A B", "x.txt:3: \"-> 200 A B\"");
    check("== t\nGET /a\n-> 200\nLocation", "x.txt:4: \"Location\" says nothing");
}
