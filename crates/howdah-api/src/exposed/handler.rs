//! Media types that the schema itself can make of rows: an aggregate over them that returns a domain named like a media
//! type, and GeoJSON by PostGIS.

use howdah_schema::catalog::{Aggregate, AggregateKind, TypeKind};
use howdah_schema::{Catalog, QualifiedName};

use super::function::media_type;
use crate::options::ApiOptions;
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::request::select::Wanted;

/// What makes one value of all rows of an answer. Names are quoted and with their schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whole {
    /// PostGIS' function that makes a feature of a row.
    GeoJson(String),
    /// An aggregate over rows as the table has them.
    Rows(String),
    /// An aggregate over whatever is selected.
    Selected(String),
}

/// The media types of one schema cache.
#[derive(Debug, Default)]
pub(crate) struct Handlers {
    geo_json: Option<String>,
    aggregates: Vec<Handler>,
}

#[derive(Debug)]
struct Handler {
    media_type: String,
    aggregate: String,
    /// The relation whose rows it takes; any when there is none.
    of: Option<QualifiedName>,
}

const ANYTHING: &str = "*/*";

impl Handlers {
    pub(super) fn of(catalog: &Catalog, options: &ApiOptions) -> Self {
        let is_reachable =
            |schema: &String| options.schemas.contains(schema) || options.extra_search_path.contains(schema);
        let postgis = catalog.extensions.get("postgis");
        let aggregates = catalog.aggregates.values().filter(|stored| is_reachable(&stored.signature.name.schema));
        Self {
            geo_json: postgis.map(|postgis| QualifiedName::new(postgis.schema.as_str(), "st_asgeojson").to_string()),
            aggregates: aggregates.filter_map(|stored| handler(catalog, stored)).collect(),
        }
    }

    /// What makes a media type of the rows of a relation, and the type that the answer then has. A handler for just these
    /// rows comes before one for any, one for just this type before one for all.
    /// One for just these rows wants them whole, so it is none for a request that selects.
    pub(crate) fn find(
        &self,
        relation: &QualifiedName,
        media: &Media,
        parameters: &Parameters,
    ) -> Option<(Media, Whole)> {
        let is_whole = parameters.select.as_deref().is_none_or(|wanted| matches!(wanted, [Wanted::All]));
        let name = if *media == Media::Any { ANYTHING.to_owned() } else { media.name() };
        for wanted in [name.as_str(), ANYTHING] {
            let of_type = self.aggregates.iter().filter(|handler| handler.media_type.eq_ignore_ascii_case(wanted));
            let own = of_type.clone().find(|handler| is_whole && handler.of.as_ref() == Some(relation));
            if let Some(handler) = own.or_else(|| of_type.clone().find(|handler| handler.of.is_none())) {
                let aggregate = handler.aggregate.clone();
                let whole = if handler.of.is_some() { Whole::Rows(aggregate) } else { Whole::Selected(aggregate) };
                let media = if wanted == ANYTHING { "application/octet-stream" } else { &name };
                return Some((Media::Custom(media.to_owned()), whole));
            }
            // What is known without a handler is not for one that takes everything.
            if !matches!(media, Media::Custom(_)) {
                break;
            }
        }
        let geo_json = self.geo_json.clone().filter(|_| *media == Media::GeoJson)?;
        Some((Media::GeoJson, Whole::GeoJson(geo_json)))
    }
}

fn handler(catalog: &Catalog, stored: &Aggregate) -> Option<Handler> {
    let [only] = stored.arguments.as_slice() else { return None };
    let of = match only.data_type.kind {
        TypeKind::Composite if !only.data_type.array => Some(only.data_type.name.clone()),
        TypeKind::Pseudo if only.data_type.name.name == "anyelement" => None,
        _ => return None,
    };
    let returned = match &stored.final_function {
        None => &stored.state_type,
        Some(name) => {
            let mut finals = catalog.functions.values().filter(|function| function.signature.name == *name);
            let takes_state = |argument: &howdah_schema::catalog::Argument| argument.data_type == stored.state_type;
            let found = finals.find(|function| function.arguments.first().is_some_and(takes_state))?;
            &found.returns.as_ref()?.data_type
        }
    };
    let media_type = media_type(returned).filter(|_| stored.kind == AggregateKind::Normal)?;
    Some(Handler { media_type, aggregate: stored.signature.name.to_string(), of })
}
