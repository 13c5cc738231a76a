//! What answers requests, as this crate hands them on.
//!
//! A router of axum's costs every request a clone and an allocation for each layer around it. What stands before all
//! routes is therefore no layer but a function around a function: one allocation each, and none for what only hands on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower::ServiceExt;

/// An answer under way.
pub type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// From a request to its answer. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<dyn Fn(Request) -> Answering + Send + Sync>);

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl App {
    /// Answers by a function.
    pub fn new<F: Future<Output = Response> + Send + 'static>(
        answer: impl Fn(Request) -> F + Send + Sync + 'static,
    ) -> Self {
        Self::choosing(move |request| Box::pin(answer(request)))
    }

    /// Hands each request on to another, which the function chooses.
    pub fn choosing(answer: impl Fn(Request) -> Answering + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// Answers one request.
    pub fn answer(&self, request: Request) -> Answering {
        (self.0)(request)
    }
}

impl From<Router> for App {
    fn from(router: Router) -> Self {
        Self::new(move |request| {
            let answer = router.clone().oneshot(request);
            async move { answer.await.unwrap_or_else(|never| match never {}) }
        })
    }
}
