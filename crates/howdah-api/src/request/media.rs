//! The `Accept` header, and the media types that answers can have.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use howdah_http::ApiError;

/// A media type of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Media {
    /// An array of rows, or the value of a function.
    Json,
    /// `application/vnd.pgrst.array+json;nulls=stripped`: an array of rows without their nulls.
    Stripped,
    /// `application/vnd.pgrst.object+json`: the only row.
    Object {
        strip_nulls: bool,
    },
    /// A line a row, each a JSON object.
    NdJson,
    Csv,
    GeoJson,
    /// How PostgreSQL goes about the request.
    Plan(Plan),
    /// The description of the API.
    OpenApi,
    /// Whatever a function makes that returns a domain of this name, or one of PostgreSQL's types that is one already.
    Custom(String),
    /// Anything.
    Any,
}

/// `application/vnd.pgrst.plan+json; for="…"; options=analyze|verbose|settings|buffers|wal`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) is_json: bool,
    pub(crate) options: Vec<&'static str>,
    /// The media type of the answer that is planned.
    pub(crate) of: Box<Media>,
}

const PLAN_OPTIONS: [&str; 5] = ["analyze", "verbose", "settings", "buffers", "wal"];

impl Media {
    /// The first of what the client accepts that can be had; 406 when there is none.
    pub(crate) fn wanted(headers: &HeaderMap, available: impl Fn(&Self) -> bool) -> Result<Self, ApiError> {
        let accepted = accepted(headers);
        match accepted.iter().find(|media| available(media)) {
            Some(media) => Ok(media.clone()),
            None => {
                let names: Vec<_> = accepted.iter().map(Self::name).collect();
                let message = format!("None of these media types are available: {}", names.join(", "));
                Err(ApiError::new(StatusCode::NOT_ACCEPTABLE, "PGRST107", message))
            }
        }
    }

    /// What rows can be answered as, apart from what depends on the schema.
    pub(crate) fn is_of_rows(&self, plans: bool) -> bool {
        match self {
            Self::Plan(plan) => plans && plan.of.is_of_rows(false),
            Self::OpenApi | Self::Custom(_) | Self::GeoJson => false,
            _ => true,
        }
    }

    /// Whether exactly one row is wanted.
    pub(crate) fn is_object(&self) -> bool {
        match self {
            Self::Object { .. } => true,
            Self::Plan(plan) => plan.of.is_object(),
            _ => false,
        }
    }

    pub(crate) fn strips_nulls(&self) -> bool {
        match self {
            Self::Stripped | Self::Object { strip_nulls: true } => true,
            Self::Plan(plan) => plan.of.strips_nulls(),
            _ => false,
        }
    }

    /// As a header says it, without a character set.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Json | Self::Any => "application/json".to_owned(),
            Self::Stripped => "application/vnd.pgrst.array+json;nulls=stripped".to_owned(),
            Self::Object { strip_nulls: false } => "application/vnd.pgrst.object+json".to_owned(),
            Self::Object { strip_nulls: true } => "application/vnd.pgrst.object+json;nulls=stripped".to_owned(),
            Self::NdJson => "application/x-ndjson".to_owned(),
            Self::Csv => "text/csv".to_owned(),
            Self::GeoJson => "application/geo+json".to_owned(),
            Self::OpenApi => "application/openapi+json".to_owned(),
            Self::Custom(name) => name.clone(),
            Self::Plan(plan) => {
                let form = if plan.is_json { "json" } else { "text" };
                let options = match plan.options.as_slice() {
                    [] => String::new(),
                    options => format!("; options={}", options.join("|")),
                };
                format!("application/vnd.pgrst.plan+{form}; for=\"{}\"{options}", plan.of.name())
            }
        }
    }

    pub(crate) fn content_type(&self) -> HeaderValue {
        // What is bytes has no character set; what is not known may be bytes.
        match self {
            Self::Json | Self::Any => HeaderValue::from_static("application/json; charset=utf-8"),
            Self::Custom(name) if !IS_TEXT.contains(&name.as_str()) => value(name),
            other => value(&format!("{}; charset=utf-8", other.name())),
        }
    }
}

/// The types that a schema may make itself and whose answers PostgREST says to be UTF-8.
const IS_TEXT: [&str; 5] = ["application/json", "application/geo+json", "text/csv", "text/plain", "text/xml"];

fn value(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// What the client accepts, best first; anything when it does not say.
fn accepted(headers: &HeaderMap) -> Vec<Media> {
    let mut ranked = Vec::new();
    for value in headers.get_all(header::ACCEPT) {
        for range in split(value.to_str().unwrap_or_default(), ',') {
            let mut parameters = split(range, ';').into_iter();
            let name = parameters.next().unwrap_or_default().trim().to_ascii_lowercase();
            if name.is_empty() {
                continue;
            }
            let parameters: Vec<(String, String)> = parameters
                .filter_map(|parameter| parameter.split_once('='))
                .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned()))
                .collect();
            let quality =
                parameters.iter().find(|(name, _)| name == "q").map_or(1.0, |(_, q)| q.parse().unwrap_or(0.0));
            if quality > 0.0 {
                // What says more goes before what says less: parameters count for it, stars against it.
                let stars = name.chars().filter(|c| *c == '*').count();
                let says = parameters.len().cast_signed() - stars.cast_signed();
                ranked.push((quality, says, media(&name, &parameters)));
            }
        }
    }
    if ranked.is_empty() {
        return vec![Media::Any];
    }
    // Stable: of equals the first comes first.
    ranked.sort_by(|(a, says, _): &(f64, isize, _), (b, other, _)| b.total_cmp(a).then(other.cmp(says)));
    ranked.into_iter().map(|(.., media)| media).collect()
}

fn media(name: &str, parameters: &[(String, String)]) -> Media {
    let is = |wanted: &str, text: &str| parameters.iter().any(|(name, value)| name == wanted && value == text);
    let strip_nulls = is("nulls", "stripped");
    match name {
        "*/*" | "application/*" => Media::Any,
        "application/json" => Media::Json,
        "application/vnd.pgrst.array+json" | "application/vnd.pgrst.array" => {
            if strip_nulls {
                Media::Stripped
            } else {
                Media::Json
            }
        }
        "application/vnd.pgrst.object+json" | "application/vnd.pgrst.object" => Media::Object { strip_nulls },
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Media::NdJson,
        "text/csv" => Media::Csv,
        "application/geo+json" => Media::GeoJson,
        "application/openapi+json" => Media::OpenApi,
        "application/vnd.pgrst.plan" | "application/vnd.pgrst.plan+text" | "application/vnd.pgrst.plan+json" => {
            let of = parameters.iter().find(|(name, _)| name == "for").map(|(_, of)| {
                let (name, rest) = of.split_once(';').unwrap_or((of, ""));
                let nulls = rest.trim().split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
                media(name.trim(), nulls.as_slice())
            });
            let wanted = parameters.iter().find(|(name, _)| name == "options").map_or("", |(_, options)| options);
            let wanted: Vec<_> = wanted.split('|').map(str::trim).collect();
            Media::Plan(Plan {
                is_json: name.ends_with("+json"),
                options: PLAN_OPTIONS.into_iter().filter(|option| wanted.contains(option)).collect(),
                of: Box::new(of.unwrap_or(Media::Json)),
            })
        }
        other => Media::Custom(other.to_owned()),
    }
}

/// Splits outside of double quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        if c == '"' {
            quoted = !quoted;
        }
        c == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: &[&str]) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        let found: Vec<_> = accepted(&headers).iter().map(Media::name).collect();
        assert_eq!(found, expected, "{accept}");
    }

    #[test]
    fn what_is_accepted() {
        check("text/csv", &["text/csv"]);
        check("text/html, */*;q=0.1, application/json;q=0.9", &["text/html", "application/json", "application/json"]);
        check("text/csv;q=0, application/x-ndjson", &["application/x-ndjson"]);
        check(
            "application/vnd.pgrst.object+json; nulls=stripped",
            &["application/vnd.pgrst.object+json;nulls=stripped"],
        );
        check(
            "application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|buffers",
            &["application/vnd.pgrst.plan+json; for=\"text/csv\"; options=analyze|buffers"],
        );
        check("application/vnd.pgrst.plan", &["application/vnd.pgrst.plan+text; for=\"application/json\""]);
    }
}
