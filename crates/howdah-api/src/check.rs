//! Whether a request would be understood, without a database to answer it.
//!
//! The request goes through the very steps that a real one goes through until it is SQL. What PostgreSQL would say to that, and
//! what the caller may see, is not known here.

use std::sync::Arc;

use bytes::Bytes;
use howdah_http::ApiError;
use howdah_schema::Catalog;
use http::request::Parts;
use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use crate::conditional::Conditions;
use crate::exposed::{Exposed, Surroundings};
use crate::options::ApiOptions;
use crate::payload::{Payload, as_json, content_type};
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::request::{params, prefer};
use crate::resolve::Resolver;
use crate::sql::{self, Form, Rendering};
use crate::write::Intent;

/// Reads requests for the relations of a catalog.
#[derive(Debug)]
pub struct RequestCheck {
    exposed: Exposed,
    options: ApiOptions,
}

impl RequestCheck {
    /// For what of a catalog is served; of `schemas` the first is the default one.
    pub fn new(catalog: &Catalog, schemas: &[String]) -> Self {
        let options = ApiOptions { schemas: schemas.to_vec(), ..ApiOptions::default() };
        let exposed = Exposed::new(Arc::new(catalog.clone()), &options, Surroundings::default());
        Self { exposed, options }
    }

    /// Reads a request up to its SQL.
    ///
    /// # Errors
    /// What the API would answer instead.
    pub fn check(&self, parts: &Parts, body: &Bytes) -> Result<(), ApiError> {
        let unknown = || ApiError::new(StatusCode::NOT_FOUND, "HOWDAH404", "There is nothing at this path");
        let name = parts.uri.path().strip_prefix("/rest/v1/").filter(|name| !name.contains('/')).ok_or_else(unknown)?;
        let name = percent_decode_str(name).decode_utf8().map_err(|_| unknown())?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let profile = parts.headers.get(if reads { "accept-profile" } else { "content-profile" });
        let schema = self.exposed.schema(profile.and_then(|value| value.to_str().ok()))?;
        let relation = self.exposed.relation(schema, &name)?;

        let parameters = Parameters::read(&params::parse(parts.uri.query().unwrap_or_default())?)?;
        let prefer = prefer::prefer(&parts.headers, &self.exposed, &self.options)?;
        let media = Media::wanted(&parts.headers, |media| media.is_of_rows(false))?;
        let max_rows = self.options.max_rows.filter(|_| reads);
        let resolver = Resolver { exposed: &self.exposed, options: &self.options, schema, scopes: None, max_rows };
        let rendering = Rendering { role: "", form: Form::Json { strip_nulls: false } };
        if reads {
            return rendering.read(&resolver.query(relation, parameters)?, &[]).map(drop);
        }
        let is_update = parts.method == Method::PATCH;
        let payload = match parts.method {
            Method::DELETE => Payload::empty(),
            _ => {
                let json = as_json(&content_type(&parts.headers), body)?;
                Payload::of_json(json, &relation, parameters.columns.as_deref(), is_update)?
            }
        };
        let conditions = Conditions::of(&parts.headers)?;
        let intent =
            Intent { method: &parts.method, prefer: &prefer, media: &media, conditions: &conditions, role: "" };
        let json = payload.json.clone();
        let write = intent.plan(&resolver, relation, parameters, &payload)?;
        sql::write(rendering, &write, json).map(drop)
    }
}

/// One view with one column.
#[cfg(test)]
pub(crate) const CATALOG: &str = include_str!("../../../fuzz/catalog.json");

#[cfg(test)]
#[path = "../../../fuzz/input.rs"]
#[expect(unreachable_pub, reason = "the targets include it, too")]
mod input;

#[cfg(test)]
mod tests {
    use super::{CATALOG, RequestCheck, input};
    use bytes::Bytes;
    use howdah_schema::Catalog;
    use http::Request;

    fn check(method: &str, target: &str, body: &'static str) -> Result<(), String> {
        let parts = Request::builder().method(method).uri(target).body(()).unwrap().into_parts().0;
        let catalog: Catalog = serde_json::from_str(CATALOG).unwrap();
        let checker = RequestCheck::new(&catalog, &["public".to_owned()]);
        checker.check(&parts, &Bytes::from_static(body.as_bytes())).map_err(|error| error.code.to_string())
    }

    #[test]
    fn what_a_real_request_would_meet() {
        assert_eq!(check("GET", "/rest/v1/odd%20name?id=gt.1&order=id.desc&limit=5", ""), Ok(()));
        assert_eq!(check("HEAD", "/rest/v1/odd%20name", ""), Ok(()));
        assert_eq!(check("POST", "/rest/v1/odd%20name", r#"{"id": 1}"#), Ok(()));
        assert_eq!(check("PATCH", "/rest/v1/odd%20name?id=eq.1", r#"{"id": 1}"#), Ok(()));
        assert_eq!(check("DELETE", "/rest/v1/odd%20name?id=eq.1", ""), Ok(()));
        let refused = |method, target, body, code: &str| assert_eq!(check(method, target, body), Err(code.to_owned()));
        refused("GET", "/rest/v1/other", "", "PGRST205");
        refused("GET", "/rest/v1/odd%20name?nope=eq.1", "", "42703");
        refused("GET", "/rest/v1/odd%20name?id=foo.1", "", "PGRST100");
        refused("GET", "/rest/v1/odd%20name?select=other(id)", "", "PGRST200");
        refused("POST", "/rest/v1/odd%20name", r#"{"nope": 1}"#, "PGRST204");
        refused("PATCH", "/rest/v1/odd%20name?limit=1", r#"{"id": 1}"#, "PGRST109");
        refused("GET", "/other", "", "HOWDAH404");
    }

    /// What the fuzzer begins with gets as far as it is meant to.
    #[test]
    fn the_seeds_of_the_fuzzer_are_understood() {
        let fuzz = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
        let catalog: Catalog = serde_json::from_str(&std::fs::read_to_string(fuzz.join("shop.json")).unwrap()).unwrap();
        let checker = RequestCheck::new(&catalog, &["public".to_owned()]);
        let mut seen = 0;
        for (folder, read) in [("request", one as fn(&[u8]) -> _), ("payload", input::payload)] {
            for seed in std::fs::read_dir(fuzz.join("seeds").join(folder)).unwrap() {
                let path = seed.unwrap().path();
                let requests = read(&std::fs::read(&path).unwrap());
                assert!(!requests.is_empty(), "{}", path.display());
                let answers: Vec<_> = requests.iter().map(|(parts, body)| checker.check(parts, body)).collect();
                // What the fuzzer has found may be refused, as long as it is answered at all.
                let is_found = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("found-"));
                assert!(answers.iter().any(Result::is_ok) || is_found, "{}: {answers:?}", path.display());
                seen += 1;
            }
        }
        assert!(seen > 10, "only {seen} seeds");
    }

    fn one(seed: &[u8]) -> Vec<(http::request::Parts, Bytes)> {
        input::request(seed).into_iter().collect()
    }
}
