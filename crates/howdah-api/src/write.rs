//! POST, PATCH, PUT and DELETE on tables and views.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use howdah_http::{ApiError, Trash};
use howdah_pg::lane::{LaneError, Reply, Route, StepReply};
use http::{Method, StatusCode, header};

use crate::answer::{self, Layout, Outcome, not_singular, unexpected};
use crate::api::Request;
use crate::audit::Reads;
use crate::conditional::{self, Conditions, Precondition};
use crate::explain::explain;
use crate::exposed::Relation;
use crate::load::{self, Arrived};
use crate::payload::Payload;
use crate::read::outcome_of;
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::request::prefer::{Prefer, Return, Tx};
use crate::resolve::Resolver;
use crate::sql::{self, Change, Conflict, Guard, ROOT, Rendering, Resolution, Returning, Write};
use crate::transaction::Transaction;
use crate::{cost, cursor};

/// Answers POST, PATCH, PUT and DELETE.
pub(crate) async fn write(
    request: &Request<'_>,
    relation: Arc<Relation>,
    parameters: Parameters,
    body: Body,
) -> Result<Response, ApiError> {
    if parameters.cursor.is_some() {
        return Err(cursor::not_here());
    }
    let media = request.media(|media| media.is_of_rows(request.options().plan))?;
    let media = if media == Media::Any { Media::Json } else { media };
    let columns = parameters.columns.as_deref();
    let payload = match *request.caller.method {
        Method::DELETE => Payload::empty(),
        Method::POST => match load::arrive(request, &media, body).await? {
            Err(body) => Payload::read(request, &relation, columns, body).await?,
            Ok(Arrived::Whole(body)) => Payload::of_body(request, &relation, columns, &body)?,
            Ok(Arrived::Part(part)) => return load::load(request, relation, parameters, &media, part).await,
        },
        _ => Payload::read(request, &relation, columns, body).await?,
    };
    let resolver = request.resolver(None);
    let intent = Intent {
        method: request.caller.method,
        prefer: &request.prefer,
        media: &media,
        conditions: &Conditions::of(request.caller.headers)?,
        role: &request.caller.principal.role,
    };
    let mut write = intent.plan(&resolver, relation, parameters, &payload)?;
    let representation = conditional::representation(request, &write.query, &media);
    if representation.is_some() && write.returning == Returning::Rows {
        write.version = write.query.relation.version_of(ROOT, intent.role);
    }
    let nothing_to_write = match &write.change {
        Change::Insert { .. } => payload.rows == 0,
        Change::Update { columns, .. } => payload.rows == 0 || columns.is_empty(),
        Change::SoftDelete | Change::Delete => false,
    };
    if nothing_to_write {
        return untouched(request, &write, &media);
    }

    let (caller, options, prefer) = (request.caller, request.options(), &request.prefer);
    let layout = Layout::of(&media, false, true);
    let rendering = Rendering { role: &caller.principal.role, form: layout.form() };
    let mut main = sql::write(rendering, &write, payload.json.clone())?;
    if let Media::Plan(plan) = &media {
        main.explain(plan);
    }
    // A row that is marked as deleted must stay in sight of its own statement, so writes see the trash; which rows they
    // touch is in their WHERE.
    let trash = if write.query.relation.has_soft_delete { Trash::Visible } else { Trash::Hidden };
    let reads = Reads::of_written(request, &write.query)?;
    reads.must_stay(prefer.tx(options) == Tx::Rollback)?;
    let mut transaction = Transaction::begin_with(request, trash, false, None, &reads);
    let place = transaction.push(caller, &mut main);
    let merges = matches!(&write.change, Change::Insert { conflict: Some(_), .. });
    let speaks = merges || write.query.relation.has_triggers || options.pre_request.is_some();
    let outcome = speaks.then(|| transaction.push_outcome(caller));
    let refused = |error: LaneError| explain(&error, caller, &write.query.relation, &main, Some(&payload.json));
    cost::allow(options, cost::planned(request, &transaction).await.map_err(refused)?)?;
    let flight = transaction.finish(options, prefer);
    let reply = request.executor.run(flight, Route::Exclusive).await.map_err(refused)?;

    let step = place.in_reply(&reply).ok_or_else(unexpected)?;
    if let Media::Plan(_) = media {
        return Ok(answer::response(StatusCode::OK, &media, layout.body(&reply, step, &main.keys)));
    }
    let outcome = outcome_of(&reply, outcome)?;
    let affected = match write.returning {
        Returning::Count if write.guard == Guard::default() => step.affected(),
        Returning::Count => answer::number(reply.rows(step)).ok_or_else(unexpected)?,
        Returning::Rows | Returning::Keys => step.row_count,
    };
    let body = (write.returning == Returning::Rows).then(|| layout.body(&reply, step, &main.keys));
    let location = location(request, &write, &reply, step, &main.keys);
    let mut response = Written { request, write: &write, media: &media, affected, outcome }.respond(body, location)?;
    if let (Some(representation), Some(_), 1) = (representation, &write.version, affected)
        && let Some(Some(version)) = reply.rows(step).next().and_then(|mut row| row.nth(main.keys.len()))
    {
        conditional::set(&mut response, version, &representation);
    }
    Ok(response)
}

/// What a request wants done.
pub(crate) struct Intent<'a> {
    pub(crate) method: &'a Method,
    pub(crate) prefer: &'a Prefer,
    pub(crate) media: &'a Media,
    pub(crate) conditions: &'a Conditions,
    pub(crate) role: &'a str,
}

impl Intent<'_> {
    /// The write that it comes to.
    pub(crate) fn plan(
        &self,
        resolver: &Resolver<'_>,
        relation: Arc<Relation>,
        mut parameters: Parameters,
        payload: &Payload,
    ) -> Result<Write, ApiError> {
        let is_put = *self.method == Method::PUT;
        let on_conflict = parameters.on_conflict.take();
        if is_put && (parameters.root.limit.is_some() || parameters.root.offset.is_some()) {
            let message = "limit/offset querystring parameters are not allowed for PUT";
            return Err(ApiError::bad_request("PGRST114", message));
        }
        let query = resolver.query(relation, parameters)?;
        // Of several rows the one counts that the address names.
        if is_put && payload.rows == 0 {
            return Err(other_key());
        }
        if is_put && !query.is_by_primary_key() {
            let message = "Filters must include all and only primary key columns with 'eq' operators";
            return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "PGRST105", message));
        }
        let precondition = self.conditions.of_write(self.method, &query, self.role)?;
        let returning = match self.prefer.returning {
            Some(Return::Representation) => Returning::Rows,
            Some(Return::HeadersOnly) if !query.relation.primary_key.is_empty() => Returning::Keys,
            _ => Returning::Count,
        };
        let defaults = self.prefer.missing_default == Some(true);
        let columns = payload.columns.clone();
        let change = match *self.method {
            Method::POST => Change::Insert {
                columns,
                conflict: conflict(self.prefer.resolution, on_conflict, &query.relation)?,
                defaults,
                only_matching: false,
            },
            // The row must be there, so this never inserts.
            Method::PUT if matches!(precondition, Precondition::Matches { .. }) => {
                if !query.relation.primary_key.iter().all(|key| columns.contains(key)) {
                    return Err(other_key());
                }
                Change::Update { columns, defaults, only_matching: true }
            }
            Method::PUT if precondition == Precondition::Absent => Change::Insert {
                columns,
                conflict: conflict(Some(Resolution::Ignore), on_conflict, &query.relation)?,
                defaults,
                only_matching: true,
            },
            Method::PUT => Change::Insert {
                columns,
                conflict: conflict(Some(Resolution::Merge), on_conflict, &query.relation)?,
                defaults,
                only_matching: true,
            },
            Method::PATCH => Change::Update { columns, defaults, only_matching: false },
            _ if query.relation.has_soft_delete && !self.prefer.purge => Change::SoftDelete,
            _ => Change::Delete,
        };
        let changes_rows = match &change {
            Change::Insert { conflict, .. } => {
                conflict.as_ref().is_some_and(|conflict| conflict.resolution == Resolution::Merge)
            }
            Change::Update { .. } | Change::SoftDelete | Change::Delete => true,
        };
        if changes_rows {
            precondition.must_stand(resolver.options, &query.relation)?;
        }
        let guard = Guard { singular: self.media.is_object(), most: self.prefer.max_written(self.method) };
        Ok(Write { query, change, returning, guard, precondition, version: None })
    }
}

/// What becomes of rows that are there already. Without columns to tell them by, nothing can be.
fn conflict(
    resolution: Option<Resolution>,
    on_conflict: Option<Vec<String>>,
    relation: &Relation,
) -> Result<Option<Conflict>, ApiError> {
    let Some(resolution) = resolution else { return Ok(None) };
    let columns = on_conflict.unwrap_or_else(|| relation.primary_key.clone());
    for column in &columns {
        relation.column(column)?;
    }
    Ok((!columns.is_empty()).then_some(Conflict { columns, resolution }))
}

/// What has been written.
pub(crate) struct Written<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) write: &'a Write,
    pub(crate) media: &'a Media,
    /// Rows.
    pub(crate) affected: u64,
    pub(crate) outcome: Outcome,
}

impl Written<'_> {
    /// The answer, with the rows as a body and with where a new row is, where these are wanted.
    pub(crate) fn respond(self, body: Option<Bytes>, location: Option<String>) -> Result<Response, ApiError> {
        let affected = self.affected;
        if self.write.precondition != Precondition::None && affected == 0 {
            return Err(conditional::failed());
        }
        if self.media.is_object() && affected != 1 {
            return Err(not_singular(affected));
        }
        let is_put = *self.request.caller.method == Method::PUT;
        if is_put && affected == 0 {
            return Err(other_key());
        }
        let inserted = affected.saturating_sub(self.outcome.merged);
        let status = self.status(inserted);
        let mut response = match body {
            Some(body) => answer::response(status, self.media, body),
            None => status.into_response(),
        };
        if let Some(location) = location {
            answer::set(&mut response, header::LOCATION, &location);
        }
        finish(self.request, self.write, &mut response, affected);
        self.outcome.apply(&mut response);
        Ok(response)
    }

    fn status(&self, inserted: u64) -> StatusCode {
        let has_body = self.write.returning == Returning::Rows;
        match (self.request.caller.method, &self.write.change) {
            // PostgREST says so of a PUT only beside the row. Who asked for a new row is told in any case.
            (&Method::PUT, Change::Insert { .. })
                if inserted > 0 && (has_body || self.write.precondition == Precondition::Absent) =>
            {
                StatusCode::CREATED
            }
            (&Method::POST, Change::Insert { conflict: Some(conflict), .. })
                if conflict.resolution == Resolution::Merge && inserted == 0 =>
            {
                StatusCode::OK
            }
            (&Method::POST, _) => StatusCode::CREATED,
            _ if has_body => StatusCode::OK,
            _ => StatusCode::NO_CONTENT,
        }
    }
}

/// Where the new row is, when there is one.
fn location(request: &Request<'_>, write: &Write, reply: &Reply, step: &StepReply, keys: &[String]) -> Option<String> {
    let is_insert = *request.caller.method == Method::POST;
    if !is_insert || write.returning != Returning::Keys || step.row_count != 1 {
        return None;
    }
    let row = reply.rows(step).next()?;
    let values: Vec<String> = row
        .zip(keys)
        .map(|(value, key)| {
            let value = String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
            format!("{}=eq.{}", encode_component(key), encode_component(&value))
        })
        .collect();
    let base = request.options().base_path.trim_end_matches('/');
    Some(format!("{base}/{}?{}", encode_component(&write.query.relation.name.name), values.join("&")))
}

/// 400 for a PUT whose body is another row's.
fn other_key() -> ApiError {
    ApiError::bad_request("PGRST115", "Payload values do not match URL in primary key column(s)")
}

/// The answer to a write that had nothing to write.
fn untouched(request: &Request<'_>, write: &Write, media: &Media) -> Result<Response, ApiError> {
    let is_insert = *request.caller.method == Method::POST;
    // What merges says whether anything was new.
    let merges = |conflict: &Option<Conflict>| {
        conflict.as_ref().is_some_and(|conflict| conflict.resolution == Resolution::Merge)
    };
    let status = match &write.change {
        Change::Insert { conflict, .. } if is_insert && !merges(conflict) => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let mut response = match write.returning {
        Returning::Rows if media.is_object() => return Err(not_singular(0)),
        Returning::Rows => {
            let layout = Layout::of(media, false, true);
            let rendering = Rendering { role: &request.caller.principal.role, form: layout.form() };
            let keys = rendering.read(&write.query, &[])?.keys;
            answer::response(status, media, layout.no_rows(&keys))
        }
        _ if is_insert => status.into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    };
    finish(request, write, &mut response, 0);
    Ok(response)
}

fn finish(request: &Request<'_>, write: &Write, response: &mut Response, affected: u64) {
    let total = if request.prefer.count.is_some() { affected.to_string() } else { "*".to_owned() };
    let range = match (request.caller.method, affected) {
        (&Method::PATCH, 1..) => format!("0-{}/{total}", affected - 1),
        _ => format!("*/{total}"),
    };
    answer::set(response, header::CONTENT_RANGE, &range);
    let resolves = matches!(&write.change, Change::Insert { conflict: Some(_), .. });
    if let Some(applied) = request.prefer.applied_to_write(request.caller.method, resolves) {
        answer::set(response, answer::PREFERENCE_APPLIED, &applied);
    }
}

/// For a URL: what is not a letter, a digit or one of `-_.~` as percent and two digits.
pub(crate) fn encode_component(text: &str) -> percent_encoding::PercentEncode<'_> {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, KEPT)
}
