//! GET and HEAD on tables and views.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use howdah_http::{ApiError, Trash};
use howdah_pg::lane::{Answer, LaneError, Reply, Route, Rows};
use http::{Method, header};

use crate::answer::{self, Layout, Outcome, not_singular, unexpected};
use crate::api::Request;
use crate::audit::Reads;
use crate::conditional::{self, Conditions};
use crate::cost;
use crate::cursor::{self, NEXT_CURSOR};
use crate::explain::explain;
use crate::exposed::{Relation, Whole};
use crate::query::{Query, Source};
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::request::prefer::{Count, Prefer, Tx};
use crate::request::range;
use crate::sql::{ROOT, Rendered, Rendering, TOO_MANY};
use crate::transaction::{Place, Transaction};

/// Answers GET and HEAD.
pub(crate) async fn read(
    request: &Request<'_>,
    relation: Arc<Relation>,
    parameters: Parameters,
) -> Result<Response, ApiError> {
    let handlers = request.exposed.handlers();
    let is_made = |media: &Media| handlers.find(&relation.name, media, &parameters).is_some();
    let media = request.media(|media| media.is_of_rows(request.options().plan) || is_made(media))?;
    let (media, whole) = match handlers.find(&relation.name, &media, &parameters) {
        Some((media, whole)) => (media, Some(whole)),
        None if media == Media::Any => (Media::Json, None),
        None => (media, None),
    };
    let cursor = parameters.cursor.clone();
    let mut query = query(request, relation, parameters, request.options().max_rows)?;
    if let Some(token) = cursor {
        if whole.is_some() {
            return Err(cursor::not_here());
        }
        let form = Layout::of(&media, false, true).form();
        cursor::page(&mut query, &token, Rendering { role: &request.caller.principal.role, form })?;
    }
    let reading = Reading {
        query: &query,
        media: &media,
        whole: whole.as_ref(),
        is_value: false,
        is_set: true,
        read_only: true,
        may_stream: true,
    };
    conditional::of_read(&Conditions::of(request.caller.headers)?, rows(request, reading).await?)
}

/// A tree that is read, and how it is answered.
pub(crate) struct Reading<'a> {
    pub(crate) query: &'a Query,
    pub(crate) media: &'a Media,
    /// What makes one value of all rows.
    pub(crate) whole: Option<&'a Whole>,
    /// Values of one column rather than rows.
    pub(crate) is_value: bool,
    /// Many rather than one.
    pub(crate) is_set: bool,
    pub(crate) read_only: bool,
    /// Nothing that is read sets the answer's headers, so that these may be sent before the last row has come.
    pub(crate) may_stream: bool,
}

/// The tree of a request whose rows are read, with its page.
pub(crate) fn query(
    request: &Request<'_>,
    relation: Arc<Relation>,
    parameters: Parameters,
    max_rows: Option<u64>,
) -> Result<Query, ApiError> {
    // HTTP has Range for GET alone.
    let is_get = *request.caller.method == Method::GET;
    let page = if is_get { range::header(request.caller.headers)? } else { None };
    let own = (parameters.root.offset.unwrap_or(0), parameters.root.limit);
    let mut query = request.resolver(max_rows).query(relation, parameters)?;
    if let Some(page) = page
        && own.1 != Some(0)
    {
        let (offset, limit) = range::both(page, own)
            .ok_or_else(|| range::unsatisfiable("The Range header and limit= have no row in common.", None))?;
        query.offset = offset;
        query.limit = [limit, max_rows].into_iter().flatten().min();
    }
    Ok(query)
}

/// Runs a tree that reads, and answers with its rows or its value.
pub(crate) async fn rows(request: &Request<'_>, reading: Reading<'_>) -> Result<Response, ApiError> {
    let Reading { query, media, whole, is_value, is_set, read_only, may_stream } = reading;
    let (caller, options, prefer) = (request.caller, request.options(), &request.prefer);
    // Whether there is a next page is said in a header, and known with the last row.
    let streams = may_stream && query.keyset.is_none() && whole.is_none();
    let layout = Layout::of(media, is_value, is_set);
    let rendering = Rendering { role: &caller.principal.role, form: layout.form() };
    // A function is called once, so its rows count themselves.
    let is_call = matches!(query.source, Source::Call(_));
    let representation =
        if is_call || whole.is_some() { None } else { conditional::representation(request, query, media) };
    let version = representation.as_ref().and_then(|_| query.relation.version_of(ROOT, rendering.role));
    let further = if is_call { counting(prefer) } else { version.iter().cloned().collect() };
    let mut main = match whole {
        Some(whole) => rendering.whole(query, whole)?,
        None => rendering.read(query, &further)?,
    };
    if let Media::Plan(plan) = media {
        main.explain(plan);
    }

    let trash = if query.looks_at_trash() { Trash::Visible } else { Trash::Hidden };
    let hoisted = query.called().and_then(|function| function.hoisted.as_ref());
    let reads = Reads::of(request, query)?;
    reads.must_stay(!read_only && prefer.tx(options) == Tx::Rollback)?;
    let mut transaction = Transaction::begin_with(request, trash, read_only, hoisted, &reads);
    // Where no row may come to bring the number along, a function that changes nothing is called once more to count.
    let may_be_bare = query.offset > 0 || query.limit == Some(0);
    let counts_apart = !is_call || (may_be_bare && query.called().is_some_and(|function| !function.is_volatile));
    let total = if counts_apart { push_count(request, &mut transaction, rendering, query)? } else { Total::none() };
    // Before the rows, so that these may be streamed; what a pre-request sets is known by then.
    let early = (may_stream && options.pre_request.is_some()).then(|| transaction.push_outcome(caller));
    let place = transaction.push(caller, &mut main);
    let late = (!may_stream).then(|| transaction.push_outcome(caller));
    let shape = request.api.history().shape(transaction.sql(place));
    let refused = |error: LaneError| explain(&error, caller, &query.relation, &main, None);
    cost::allow(options, cost::planned(request, &transaction).await.map_err(refused)?)?;
    let flight = transaction.finish(options, prefer);

    // Rows may leave only once the events of their reading are committed, which is after the last row.
    let streams = streams && reads.is_empty();
    let is_apart =
        !reads.is_empty() || caller.role_settings.as_ref().is_some_and(|settings| settings.may_end_the_session());
    let route = if read_only && !is_apart { shape.route(query, prefer.count.is_some()) } else { Route::Exclusive };
    let answer = match route {
        Route::Exclusive if streams => request.executor.stream(flight, options.stream_above).await,
        _ => request.executor.run(flight, route).await.map(Answer::Whole),
    };
    let answer = answer.map_err(refused)?;
    match &answer {
        Answer::Whole(reply) => shape.note(reply.took(), reply.size()),
        Answer::Stream(_) => shape.note(Duration::ZERO, usize::MAX),
    }

    let (mut response, outcome) = match answer {
        Answer::Whole(reply) => {
            let step = place.in_reply(&reply).ok_or_else(unexpected)?;
            let is_plan = matches!(media, Media::Plan(_));
            let most = query.keyset.as_ref().and(query.limit).unwrap_or(u64::MAX);
            let row_count = match whole {
                Some(_) if !is_plan => counted_behind(reply.rows(step), 1).ok_or_else(unexpected)?,
                _ => step.row_count.min(most),
            };
            if media.is_object() && !is_plan && row_count != 1 {
                return Err(not_singular(row_count));
            }
            let counted = if !counts_apart && prefer.count.is_some() && !is_plan && whole.is_none() {
                counted_by_itself(query, reply.rows(step), main.keys.len())
            } else {
                total.read(|place| place.in_reply(&reply).map(|step| reply.rows(step)))?
            };
            let (status, range) = answer::page(query, Some(row_count), counted)?;
            let mut response = answer::response(status, media, layout.body_of(&reply, step, &main.keys, most));
            response.headers_mut().insert(header::CONTENT_RANGE, range);
            if let (Some(representation), Some(_), 1) = (&representation, &version, row_count)
                && let Some(Some(version)) = reply.rows(step).next().and_then(|mut row| row.nth(main.keys.len()))
            {
                conditional::set(&mut response, version, representation);
            }
            if query.keyset.is_some()
                && step.row_count > row_count
                && !is_plan
                && let Some(last) = usize::try_from(row_count - 1).ok().and_then(|at| reply.rows(step).nth(at))
            {
                let values = last.skip(main.keys.len() + further.len());
                let values = values.map(|value| value.map(|text| String::from_utf8_lossy(text).into_owned()));
                answer::set(&mut response, NEXT_CURSOR, &cursor::behind(query, rendering, values.collect())?);
            }
            (response, outcome_of(&reply, late.or(early))?)
        }
        Answer::Stream(stream) => {
            if media.is_object() {
                // There is more than one row; how many more nobody needs to know.
                return Err(not_singular(2).with_details("The result contains more than one row"));
            }
            let step = |place: Place| stream.before().nth(place.index()).map(|(_, rows)| rows);
            let total = total.read(step)?;
            let outcome = early.and_then(step).map(Outcome::read).transpose()?.unwrap_or_default();
            let (status, range) = answer::page(query, None, total)?;
            let mut response = answer::response(status, media, layout.stream(stream, main.keys));
            response.headers_mut().insert(header::CONTENT_RANGE, range);
            (response, outcome)
        }
    };
    let applied = if is_call { prefer.applied_to_call() } else { prefer.applied_to_read() };
    if let Some(applied) = applied {
        answer::set(&mut response, answer::PREFERENCE_APPLIED, &applied);
    }
    outcome.apply(&mut response);
    Ok(answer::without_body(response, caller))
}

/// Columns that count the rows of a call, before its limit, and that fail when there are too many.
fn counting(prefer: &Prefer) -> Vec<String> {
    let mut further = Vec::new();
    if prefer.count.is_some() {
        further.push("count(*) over ()".to_owned());
    }
    if let Some(most) = prefer.max_affected() {
        further
            .push(format!("case when count(*) over () > {most} then ('{TOO_MANY}' || count(*) over ())::integer end"));
    }
    further
}

/// The number that every row of a call brings along after its keys. Without a row there is none beyond the page.
fn counted_by_itself(query: &Query, rows: Rows<'_>, keys: usize) -> Option<u64> {
    match rows.clone().next() {
        Some(_) => counted_behind(rows, keys),
        None => (query.offset == 0).then_some(0),
    }
}

/// The number in a column of the first row.
fn counted_behind(mut rows: Rows<'_>, column: usize) -> Option<u64> {
    std::str::from_utf8(rows.next()?.nth(column)??).ok()?.parse().ok()
}

pub(crate) fn outcome_of(reply: &Reply, place: Option<Place>) -> Result<Outcome, ApiError> {
    let step = place.and_then(|place| place.in_reply(reply));
    step.map_or(Ok(Outcome::default()), |step| Outcome::read(reply.rows(step)))
}

/// The statements that find the total number of rows.
pub(crate) struct Total {
    counted: Option<Place>,
    planned: Option<Place>,
    /// Above this the planner's guess is taken.
    most: Option<u64>,
}

/// Adds the statements that the `count` preference asks for.
pub(crate) fn push_count(
    request: &Request<'_>,
    transaction: &mut Transaction,
    rendering: Rendering<'_>,
    query: &Query,
) -> Result<Total, ApiError> {
    let mut push = |mut rendered: Rendered| transaction.push(request.caller, &mut rendered);
    let max_rows = request.options().max_rows;
    Ok(match (request.prefer.count, max_rows) {
        (None, _) => Total::none(),
        (Some(Count::Exact), _) | (Some(Count::Estimated), None) => {
            Total { counted: Some(push(rendering.count(query, None)?)), planned: None, most: None }
        }
        (Some(Count::Planned), _) => {
            Total { counted: None, planned: Some(push(rendering.planned(query)?)), most: None }
        }
        (Some(Count::Estimated), Some(most)) => Total {
            counted: Some(push(rendering.count(query, Some(most.saturating_add(1)))?)),
            planned: Some(push(rendering.planned(query)?)),
            most: Some(most),
        },
    })
}

impl Total {
    fn none() -> Self {
        Self { counted: None, planned: None, most: None }
    }

    pub(crate) fn read<'a>(&self, rows: impl Fn(Place) -> Option<Rows<'a>>) -> Result<Option<u64>, ApiError> {
        let counted = self.counted.map(|place| rows(place).and_then(answer::number).ok_or_else(unexpected));
        let planned = self.planned.map(|place| rows(place).and_then(planned_rows).ok_or_else(unexpected));
        Ok(match (counted.transpose()?, planned.transpose()?) {
            (Some(counted), Some(planned)) if self.most.is_some_and(|most| counted > most) => {
                Some(planned.max(counted))
            }
            (Some(counted), _) => Some(counted),
            (None, planned) => planned,
        })
    }
}

/// How many rows a plan says that its statement has.
fn planned_rows(mut rows: Rows<'_>) -> Option<u64> {
    let plan: serde_json::Value = serde_json::from_slice(rows.next()?.next()??).ok()?;
    plan.pointer("/0/Plan/Plan Rows")?.as_u64()
}
