//! `max_cost`: what PostgreSQL expects to be dear is refused before it runs.
//!
//! The transaction is sent once with plans in the place of its statements, which is a round trip more for every request of
//! an API that has a limit. What a function does inside is not in a plan.

use howdah_http::ApiError;
use howdah_pg::lane::{LaneError, Reply, Route};
use http::StatusCode;

use crate::api::Request;
use crate::options::ApiOptions;
use crate::transaction::{Place, Transaction};

/// The cost of the dearest statement, in the planner's units; `None` where there is no limit to compare it with.
pub(crate) async fn planned(request: &Request<'_>, transaction: &Transaction) -> Result<Option<f64>, LaneError> {
    if request.options().max_cost.is_none() {
        return Ok(None);
    }
    let (flight, places) = transaction.planning(request.caller);
    let reply = request.api.gate().pool.run(flight, Route::Exclusive).await?;
    Ok(places.into_iter().map(|place| cost(&reply, place).unwrap_or(f64::INFINITY)).reduce(f64::max))
}

fn cost(reply: &Reply, place: Place) -> Option<f64> {
    let plan = reply.rows(place.in_reply(reply)?).next()?.next()??;
    let plan: serde_json::Value = serde_json::from_slice(plan).ok()?;
    plan.pointer("/0/Plan/Total Cost")?.as_f64()
}

/// 422 above the limit.
pub(crate) fn allow(options: &ApiOptions, cost: Option<f64>) -> Result<(), ApiError> {
    match (cost, options.max_cost) {
        (Some(cost), Some(most)) if cost > most => {
            let message = "The request would cost the database more than is allowed; nothing of it was run";
            Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "HOWDAH422", message)
                .with_details(format!("PostgreSQL expects a cost of {cost:.0}; the most is {most:.0}"))
                .with_hint("Filter by a column that has an index, embed less, or leave out count=exact"))
        }
        _ => Ok(()),
    }
}
