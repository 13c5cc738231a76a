//! Cuts a body that arrives in pieces into slices of whole rows.

use bytes::BytesMut;
use howdah_http::{ApiError, BodyReader};
use http::StatusCode;

use super::rows::{CsvRows, JsonRows, Slice, unreadable};

/// A media type whose rows can be told apart without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    NdJson,
}

impl Format {
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        match content_type {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Some(Self::NdJson),
            _ => None,
        }
    }
}

enum Rows {
    Csv(CsvRows, Records),
    NdJson(JsonRows),
}

/// A body of rows.
pub(super) struct Source {
    reader: BodyReader,
    rows: Rows,
    /// What has come and is not yet part of a slice; it begins with a row.
    buffer: BytesMut,
    has_ended: bool,
    /// Bytes of one slice, about.
    slice: usize,
    /// Bytes of one row at the most.
    most: usize,
    /// Rows of the slices so far.
    pub(super) count: u64,
}

impl Source {
    /// Goes on with a body whose beginning is in `buffer`. With `any_keys` not all objects need the same keys.
    pub(super) fn new(
        format: Format,
        reader: BodyReader,
        buffer: BytesMut,
        any_keys: bool,
        sizes: (usize, usize),
    ) -> Self {
        let rows = match format {
            Format::Csv => Rows::Csv(CsvRows::default(), Records::default()),
            Format::NdJson => Rows::NdJson(JsonRows::new(any_keys)),
        };
        let (slice, most) = sizes;
        Self { reader, rows, buffer, has_ended: false, slice, most, count: 0 }
    }

    /// The columns that the rows bring, known after the first slice.
    pub(super) fn names(&self) -> Option<&[String]> {
        match &self.rows {
            Rows::Csv(rows, _) => rows.names(),
            Rows::NdJson(rows) => rows.names(),
        }
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// As [`BodyReader::fill`]; 400 for a row that cannot be read, 413 for one that is too large.
    pub(super) async fn next(&mut self) -> Result<Option<Slice>, ApiError> {
        let mut wanted = self.slice;
        loop {
            if !self.has_ended {
                self.has_ended = self.reader.fill(&mut self.buffer, wanted).await?;
            }
            let cut = self.cut()?;
            if cut == 0 && !self.has_ended {
                if self.buffer.len() > self.most {
                    return Err(self.too_large());
                }
                wanted = (self.buffer.len() * 2).min(self.most + 1);
                continue;
            }
            let block = self.buffer.split_to(cut);
            let mut slice = Slice::default();
            match &mut self.rows {
                Rows::Csv(rows, _) => rows.read(&block, self.count, &mut slice)?,
                Rows::NdJson(rows) => rows.read(&block, self.count, &mut slice)?,
            }
            self.count += slice.len() as u64;
            if slice.len() > 0 {
                return Ok(Some(slice));
            }
            if self.has_ended {
                return Ok(None);
            }
        }
    }

    /// How much of the buffer is whole rows.
    fn cut(&mut self) -> Result<usize, ApiError> {
        match &mut self.rows {
            Rows::Csv(_, records) => {
                let cut = records.cut(&self.buffer);
                if !self.has_ended {
                    return Ok(cut);
                }
                if records.is_quoted() {
                    return Err(unreadable(
                        self.count + 1,
                        "A double quote is not closed, in this row or in one after it",
                    ));
                }
            }
            Rows::NdJson(_) if !self.has_ended => {
                return Ok(self.buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1));
            }
            Rows::NdJson(_) => {}
        }
        Ok(self.buffer.len())
    }

    fn too_large(&self) -> ApiError {
        let message = format!("Row {} of the body is larger than {} bytes", self.count + 1, self.most);
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "HOWDAH413", message)
    }
}

/// Finds the ends of records of CSV: a line feed or a carriage return that stands outside quotes. A quote opens only at the
/// beginning of a field (RFC 4180), as the reader of the records has it.
#[derive(Debug, Default)]
struct Records {
    state: State,
    /// How far the buffer has been looked at.
    looked_at: usize,
    /// Where the last record that is whole ends.
    end: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    FieldStart,
    Plain,
    Quoted,
    /// After a quote within quotes: it closes them, or is one of two that stand for one.
    QuoteInQuoted,
}

impl Records {
    /// How much of the buffer is whole records. The caller takes that much away.
    fn cut(&mut self, buffer: &[u8]) -> usize {
        for (at, byte) in buffer.iter().enumerate().skip(self.looked_at) {
            self.state = match (self.state, byte) {
                (State::FieldStart, b'"') | (State::QuoteInQuoted, b'"') => State::Quoted,
                (State::Quoted, b'"') => State::QuoteInQuoted,
                (State::Quoted, _) => State::Quoted,
                (_, b'\n' | b'\r') => {
                    self.end = at + 1;
                    State::FieldStart
                }
                (_, b',') => State::FieldStart,
                _ => State::Plain,
            };
        }
        self.looked_at = buffer.len() - self.end;
        std::mem::take(&mut self.end)
    }

    fn is_quoted(&self) -> bool {
        self.state == State::Quoted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole of a body, and the same in two pieces, are the same rows.
    fn check(body: &[u8], at: usize) {
        let whole = |pieces: &[&[u8]]| {
            let (mut rows, mut records, mut slice) = (CsvRows::default(), Records::default(), Slice::default());
            let mut buffer = BytesMut::new();
            for (number, piece) in pieces.iter().enumerate() {
                buffer.extend_from_slice(piece);
                let cut = if number + 1 == pieces.len() { buffer.len() } else { records.cut(&buffer) };
                let block = buffer.split_to(cut);
                if let Err(error) = rows.read(&block, slice.len() as u64, &mut slice) {
                    return Err(error.message);
                }
            }
            Ok(slice.array(0..slice.len()))
        };
        let (first, second) = body.split_at(at.min(body.len()));
        assert_eq!(whole(&[body]), whole(&[first, second]), "{:?} at {at}", String::from_utf8_lossy(body));
    }

    #[test]
    fn a_row_is_not_cut() {
        let body = b"a,b\r\n1,\"x\ny\"\n\"q\"\"\n\",z\"z\n3,4";
        (0..=body.len()).for_each(|at| check(body, at));
    }

    proptest! {
        #[test]
        fn pieces_are_the_whole(body in "a,b\n[ab,\"\n\r]{0,40}", at in 0_usize..44) {
            check(body.as_bytes(), at);
        }
    }
}
