//! Runs statements of a file one by one, where it matters when each is done.

use super::{ScriptError, ScriptProblem, SqlFile, SqlScriptError};
use crate::{PgError, ServerError};
use futures_util::TryStreamExt;
use std::collections::VecDeque;
use std::ops::Range;
use std::pin::pin;
use std::time::Duration;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryStream};

/// How many statements are on their way at once where the server is far. A migration of thousands would otherwise take a
/// round trip for each.
const AHEAD: usize = 64;

/// From which round trip on it is far. Where it is near, nothing is sent ahead: if a statement fails, the server logs each
/// that comes after it, too.
const FAR: Duration = Duration::from_millis(3);

/// Runs one statement of a file; returns how many rows the server says it touched.
///
/// # Errors
/// The server's, at its place in the file, or the connection.
pub(crate) async fn run_piece(client: &Client, file: &SqlFile, span: &Range<usize>) -> Result<u64, ScriptError> {
    let sent = client.simple_query_raw(&file.text[span.clone()]).await.map_err(PgError::from);
    match sent {
        Ok(answer) => finish(file, span, answer).await,
        Err(error) => Err(error.into()),
    }
}

/// Runs statements of a file in the transaction that the client is in; `begins` is called with the position of each when
/// all before it are done. Over a long `round_trip` they are sent ahead of their answers: that is the same only because
/// after a failure the transaction can no longer be committed, and the caller does not.
///
/// # Errors
/// The first that failed, at its place in the file, or the connection.
pub(crate) async fn run_pieces(
    client: &Client,
    file: &SqlFile,
    spans: &[Range<usize>],
    round_trip: Duration,
    mut begins: impl FnMut(usize),
    mut ends: impl FnMut(usize),
) -> Result<(), ScriptError> {
    let ahead = if round_trip < FAR { 1 } else { AHEAD };
    let mut waiting = spans.iter();
    let mut sent = VecDeque::with_capacity(ahead);
    for index in 0..spans.len() {
        while sent.len() < ahead
            && let Some(span) = waiting.next()
        {
            let answer = client.simple_query_raw(&file.text[span.clone()]).await.map_err(PgError::from)?;
            sent.push_back((span, answer));
        }
        begins(index);
        let Some((span, answer)) = sent.pop_front() else { break };
        finish(file, span, answer).await?;
        ends(index);
    }
    Ok(())
}

async fn finish(file: &SqlFile, span: &Range<usize>, answer: SimpleQueryStream) -> Result<u64, ScriptError> {
    let mut rows = 0;
    let mut messages = pin!(answer);
    loop {
        match messages.try_next().await.map_err(PgError::from) {
            Ok(Some(SimpleQueryMessage::CommandComplete(count))) => rows = count,
            Ok(Some(_)) => {}
            Ok(None) => return Ok(rows),
            Err(PgError::Server(error)) if !error.ends_session() => {
                return Err(located_in(file, span, *error).into());
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Puts the server's error about a piece of a file in its place there: at its start if the server gave no position.
pub(crate) fn located_in(file: &SqlFile, span: &Range<usize>, error: ServerError) -> SqlScriptError {
    let offset = error.position.map_or(0, |position| {
        let character = usize::try_from(position.saturating_sub(1)).unwrap_or_default();
        let text = &file.text[span.clone()];
        text.char_indices().nth(character).map_or(text.len(), |(offset, _)| offset)
    });
    file.error(span.start + offset, ScriptProblem::Sql(Box::new(error)))
}
