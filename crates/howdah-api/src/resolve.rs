//! From names to relations: what a request asks for becomes a query tree over what is exposed.

use std::sync::Arc;

use howdah_http::{ApiError, Operation, Scopes};
use http::StatusCode;

use crate::exposed::{Exposed, Link, Relation};
use crate::options::ApiOptions;
use crate::query::{Aggregate, Condition, Embed, IsWhat, Item, Join, Liveness, Logic, Query, SelectItem, Source};
use crate::request::parameters::{Level, Parameters};
use crate::request::select::{Wanted, WantedEmbed};

/// Looks names up within one schema.
pub(crate) struct Resolver<'a> {
    pub(crate) exposed: &'a Exposed,
    pub(crate) options: &'a ApiOptions,
    pub(crate) schema: &'a str,
    /// What the API key is good for that asks, if one does.
    pub(crate) scopes: Option<&'a Scopes>,
    /// Rows of one level at the most. A write answers with all that it has written.
    pub(crate) max_rows: Option<u64>,
}

impl Resolver<'_> {
    /// The query tree for the rows of `relation`.
    pub(crate) fn query(&self, relation: Arc<Relation>, parameters: Parameters) -> Result<Query, ApiError> {
        let mut query = Query::all(relation);
        if let Some(wanted) = parameters.select {
            query.select = self.select(&query.relation, wanted, 0)?;
        }
        for (path, level) in parameters.embedded {
            let mut target = &mut query;
            for name in &path {
                target = match target.embeds_mut().find(|embed| embed.is_called(name)) {
                    Some(embed) => &mut embed.query,
                    None => return Err(not_embedded(name)),
                };
            }
            fill(target, level);
        }
        fill(&mut query, parameters.root);
        finish(&mut query, parameters.trash, self.max_rows)?;
        Ok(query)
    }

    fn select(&self, origin: &Relation, wanted: Vec<Wanted>, depth: usize) -> Result<Vec<SelectItem>, ApiError> {
        wanted
            .into_iter()
            .map(|wanted| match wanted {
                Wanted::All => Ok(SelectItem::All),
                Wanted::Item(item) if item.aggregate.is_some() && !self.options.aggregates => {
                    Err(ApiError::bad_request("PGRST123", "Use of aggregate functions is not allowed"))
                }
                // Clients wrote `relation(count)` before there were aggregates.
                Wanted::Item(item) if item.is_plain("count") && origin.column("count").is_err() => {
                    let counted = Item { field: None, aggregate: Some(Aggregate::Count), ..item };
                    Ok(SelectItem::Item(counted))
                }
                Wanted::Item(item) => Ok(SelectItem::Item(item)),
                Wanted::Embed(embed) => self.embed(origin, embed, depth + 1).map(SelectItem::Embed),
            })
            .collect()
    }

    fn embed(&self, origin: &Relation, wanted: WantedEmbed, depth: usize) -> Result<Embed, ApiError> {
        let most = self.options.max_embed_depth;
        if depth > most {
            let message = format!("Relations are embedded more than {most} levels deep");
            return Err(ApiError::bad_request("HOWDAH400", message).with_hint("Ask in several requests"));
        }
        let (relationship, target) =
            self.exposed.relationship(origin, self.schema, &wanted.target, wanted.hint.as_deref())?;
        if let Some(scopes) = self.scopes {
            let default = self.exposed.default_schema();
            scopes.allow(Operation::Read, &target.name, default)?;
            // Which rows belong together is in the rows between them.
            if let Link::Through { junction, .. } = &relationship.link {
                scopes.allow(Operation::Read, junction, default)?;
            }
        }
        let mut query = Query::all(target);
        if matches!(relationship.link, Link::Computed { .. }) {
            query.source = Source::Computed;
        }
        query.select = self.select(&query.relation, wanted.items, depth)?;
        Ok(Embed {
            key: wanted.alias.unwrap_or_else(|| wanted.target.clone()),
            target: wanted.target,
            relationship,
            join: wanted.join.unwrap_or(Join::Left),
            spread: wanted.spread,
            query,
        })
    }
}

fn fill(query: &mut Query, level: Level) {
    query.filter.extend(level.filter);
    query.order = level.order;
    query.limit = level.limit;
    query.offset = level.offset.unwrap_or(0);
}

/// What can be said only once every level has its parameters.
fn finish(query: &mut Query, trash: Option<Liveness>, max_rows: Option<u64>) -> Result<(), ApiError> {
    let keys: Vec<String> = query.embeds().flat_map(|embed| [embed.key.clone(), embed.target.clone()]).collect();
    for logic in &mut query.filter {
        let owned = std::mem::replace(logic, Logic::And(Vec::new()));
        *logic = with_embeds(owned, &keys, &query.relation)?;
    }
    for term in &query.order {
        let Some(name) = &term.embed else { continue };
        let embed = query.embeds().find(|embed| embed.is_called(name)).ok_or_else(|| not_embedded(name))?;
        if !embed.relationship.is_to_one() {
            let origin = &query.relation.name.name;
            let message = format!("A related order on '{name}' is not possible");
            let details = format!("'{origin}' and '{name}' do not form a many-to-one or one-to-one relationship");
            return Err(ApiError::bad_request("PGRST118", message).with_details(details));
        }
    }
    let filters = query.filter.iter().flat_map(Logic::filters);
    let looks_itself = filters.into_iter().any(|filter| filter.field.column == "deleted_at");
    query.liveness = trash.unwrap_or(if looks_itself { Liveness::Both } else { Liveness::Live });
    query.limit = [query.limit, max_rows].into_iter().flatten().min();
    for embed in query.embeds_mut() {
        finish(&mut embed.query, None, max_rows)?;
    }
    Ok(())
}

/// `relation=is.null` is about the embed of that name.
fn with_embeds(logic: Logic, keys: &[String], relation: &Relation) -> Result<Logic, ApiError> {
    let all = |all: Vec<Logic>| all.into_iter().map(|one| with_embeds(one, keys, relation)).collect::<Result<_, _>>();
    Ok(match logic {
        Logic::And(members) => Logic::And(all(members)?),
        Logic::Or(members) => Logic::Or(all(members)?),
        Logic::Not(one) => Logic::Not(Box::new(with_embeds(*one, keys, relation)?)),
        Logic::Filter(filter) if filter.field.path.is_empty() && keys.contains(&filter.field.column) => {
            match filter.condition {
                Condition::Is(IsWhat::Null) => Logic::HasNone(filter.field.column),
                Condition::Is(IsWhat::NotNull) => Logic::Not(Box::new(Logic::HasNone(filter.field.column))),
                _ if relation.column(&filter.field.column).is_ok() => Logic::Filter(filter),
                _ => {
                    let message = format!("Bad operator on the '{}' embedded resource", filter.field.column);
                    return Err(ApiError::bad_request("PGRST120", message)
                        .with_details("Only is null or not is null filters are allowed on embedded resources"));
                }
            }
        }
        other => other,
    })
}

fn not_embedded(name: &str) -> ApiError {
    let message = format!("'{name}' is not an embedded resource in this request");
    ApiError::new(StatusCode::BAD_REQUEST, "PGRST108", message)
        .with_hint(format!("Verify that '{name}' is included in the 'select' query parameter."))
}
