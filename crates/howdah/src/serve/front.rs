//! Where clients reach the API, and whether they do: the port for administrators looks at it as a client would.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse;
use howdah_http::{ApiError, App};
use http::StatusCode;
use tokio::net::{TcpStream, UnixStream};

/// Whoever does not get through by then does not get through.
const PATIENCE: Duration = Duration::from_secs(1);

/// The port or socket of the API.
#[derive(Debug, Clone)]
pub(super) enum Front {
    Port(SocketAddr),
    Socket(PathBuf),
}

/// As clients name it.
impl fmt::Display for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(address) => write!(f, "http://{address}"),
            Self::Socket(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Front {
    async fn takes_connections(&self) -> bool {
        let connect = async {
            match self {
                Self::Port(address) => TcpStream::connect(address).await.map(drop),
                Self::Socket(path) => UnixStream::connect(path).await.map(drop),
            }
        };
        matches!(tokio::time::timeout(PATIENCE, connect).await, Ok(Ok(())))
    }
}

/// `/live` and `/ready` are 500 while nobody can reach the API, as in PostgREST. A socket whose file has been
/// deleted is such a case; all else in this process may be well then.
pub(super) fn reachable(front: Front, app: App) -> App {
    let both = Arc::new((front, app));
    App::new(move |request| {
        let both = Arc::clone(&both);
        async move {
            let (front, app) = &*both;
            if ["/live", "/ready"].contains(&request.uri().path()) && !front.takes_connections().await {
                tracing::error!(%front, "nobody can connect to it any more");
                let message = "The API takes no connections any more: start the server again.";
                return ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "HOWDAH500", message).into_response();
            }
            app.answer(request).await
        }
    })
}
