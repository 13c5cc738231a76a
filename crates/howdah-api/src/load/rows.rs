//! Rows of CSV and NDJSON as the members of a JSON array, which is what an INSERT takes.

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};
use howdah_http::ApiError;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::encode;

/// A few rows as JSON objects.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    json: BytesMut,
    /// Where each object ends.
    ends: Vec<usize>,
}

impl Slice {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Some of the rows as a JSON array.
    pub(crate) fn array(&self, rows: std::ops::Range<usize>) -> Bytes {
        if rows.is_empty() {
            return Bytes::from_static(b"[]");
        }
        // Objects are parted by a comma.
        let start = if rows.start == 0 { 0 } else { self.ends[rows.start - 1] + 1 };
        let end = self.ends[rows.end - 1];
        let mut array = BytesMut::with_capacity(end - start + 2);
        array.put_u8(b'[');
        array.put_slice(&self.json[start..end]);
        array.put_u8(b']');
        array.freeze()
    }

    fn begin_row(&mut self) -> &mut BytesMut {
        if !self.ends.is_empty() {
            self.json.put_u8(b',');
        }
        &mut self.json
    }

    fn end_row(&mut self) {
        self.ends.push(self.json.len());
    }
}

/// A row that cannot be read. Rows are counted from one; a line of names is none.
pub(crate) fn unreadable(row: u64, why: &str) -> ApiError {
    ApiError::bad_request("PGRST102", format!("Row {row} of the body cannot be read")).with_details(why)
}

/// Reads rows of CSV: a line of names, and lines of values that PostgreSQL reads as the columns' types. NULL is null.
#[derive(Debug, Default)]
pub(crate) struct CsvRows {
    names: Option<Vec<String>>,
    /// Each name as JSON, with the colon that follows it.
    keys: Vec<Bytes>,
}

/// What PostgREST says of CSV whose lines are not of one length.
pub(crate) const UNEVEN: &str = "All lines must have same number of fields";

impl CsvRows {
    pub(crate) fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// Appends the rows of whole records; `before` rows came before them.
    pub(crate) fn read(&mut self, records: &[u8], before: u64, slice: &mut Slice) -> Result<(), ApiError> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(records);
        let mut record = ::csv::ByteRecord::new();
        let mut row = before;
        let wrong = |row: u64, error: &::csv::Error| unreadable(row, &error.to_string());
        while reader.read_byte_record(&mut record).map_err(|error| wrong(row + 1, &error))? {
            let Some(names) = &self.names else {
                self.take_names(&record)?;
                continue;
            };
            row += 1;
            if record.len() != names.len() {
                let (found, expected) = (record.len(), names.len());
                return Err(ApiError::bad_request("PGRST102", UNEVEN)
                    .with_details(format!("Row {row} has {found} of them, the line of names has {expected}")));
            }
            let json = slice.begin_row();
            for (at, (key, value)) in self.keys.iter().zip(&record).enumerate() {
                json.put_u8(if at == 0 { b'{' } else { b',' });
                json.put_slice(key);
                match value {
                    b"NULL" => json.put_slice(b"null"),
                    text if std::str::from_utf8(text).is_ok() => encode::string(text, json),
                    _ => return Err(unreadable(row, "It is not UTF-8")),
                }
            }
            json.put_u8(b'}');
            slice.end_row();
        }
        Ok(())
    }

    fn take_names(&mut self, record: &::csv::ByteRecord) -> Result<(), ApiError> {
        let missing = || ApiError::bad_request("PGRST102", "The CSV has no line of column names");
        let names: Result<Vec<String>, _> = record.iter().map(|name| String::from_utf8(name.to_vec())).collect();
        let names = names.map_err(|_| missing())?;
        if names.iter().all(String::is_empty) {
            return Err(missing());
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(*name)) {
            return Err(ApiError::bad_request("PGRST102", format!("The CSV names the column '{twice}' twice")));
        }
        self.keys = names
            .iter()
            .map(|name| {
                let mut key = BytesMut::new();
                encode::string(name.as_bytes(), &mut key);
                key.put_u8(b':');
                key.freeze()
            })
            .collect();
        self.names = Some(names);
        Ok(())
    }
}

/// Reads rows of NDJSON: a line, an object. Empty lines are none.
#[derive(Debug)]
pub(crate) struct JsonRows {
    /// The keys of the first row.
    names: Option<Vec<String>>,
    /// Rows may have other keys than the first.
    any_keys: bool,
}

impl JsonRows {
    pub(crate) fn new(any_keys: bool) -> Self {
        Self { names: None, any_keys }
    }

    pub(crate) fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// Appends the rows of whole lines; `before` rows came before them.
    pub(crate) fn read(&mut self, lines: &[u8], before: u64, slice: &mut Slice) -> Result<(), ApiError> {
        let mut row = before;
        for line in lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            row += 1;
            let mut json = serde_json::Deserializer::from_slice(line);
            let keys = Keys(self.names.as_deref()).deserialize(&mut json).and_then(|keys| json.end().map(|()| keys));
            match keys.map_err(|error| unreadable(row, &error.to_string()))? {
                Found::Those => {}
                Found::Others(names) if self.names.is_none() => self.names = Some(names),
                Found::Others(_) if self.any_keys => {}
                Found::Others(_) => {
                    return Err(ApiError::bad_request("PGRST102", "All object keys must match")
                        .with_details(format!("Row {row} has other keys than the rows before it"))
                        .with_hint("Name the columns in the parameter columns=, or send each kind of row by itself"));
                }
            }
            slice.begin_row().put_slice(line);
            slice.end_row();
        }
        Ok(())
    }
}

/// Looks at the keys of an object: are they those that are expected, in their order?
struct Keys<'a>(Option<&'a [String]>);

enum Found {
    Those,
    /// Sorted, each once.
    Others(Vec<String>),
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Vec::with_capacity(self.0.map_or(8, <[_]>::len));
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            map.next_value::<IgnoredAny>()?;
            found.push(key);
        }
        found.sort_unstable();
        found.dedup();
        let is_same =
            self.0.is_some_and(|names| names.len() == found.len() && names.iter().zip(&found).all(|(a, b)| a == b));
        if is_same { Ok(Found::Those) } else { Ok(Found::Others(found.into_iter().map(Into::into).collect())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_becomes_objects() {
        let (mut rows, mut slice) = (CsvRows::default(), Slice::default());
        rows.read(b"a,b\n1,\"x, \"\"y\"\"\"\n", 0, &mut slice).unwrap();
        rows.read(b"NULL,\r\n\r\n", 1, &mut slice).unwrap();
        assert_eq!(slice.len(), 2);
        assert_eq!(&slice.array(0..2)[..], br#"[{"a":"1","b":"x, \"y\""},{"a":null,"b":""}]"#);
        assert_eq!((&slice.array(1..2)[..], &slice.array(1..1)[..]), (&br#"[{"a":null,"b":""}]"#[..], &b"[]"[..]));
        let error = rows.read(b"1,2\n1\n", 2, &mut slice).unwrap_err();
        assert_eq!(error.details.unwrap().as_str(), Some("Row 4 has 1 of them, the line of names has 2"));
        assert!(rows.read(b"1,\xff\n", 7, &mut slice).unwrap_err().message.contains("Row 8"));
        assert!(CsvRows::default().read(b"a,b,a\n", 0, &mut slice).unwrap_err().message.contains("'a' twice"));
    }

    #[test]
    fn lines_become_objects() {
        let (mut rows, mut slice) = (JsonRows::new(false), Slice::default());
        rows.read(b"{\"b\":1,\"a\":2}\r\n\n {\"a\":3,\"\\u0062\":[1]}", 0, &mut slice).unwrap();
        assert_eq!(&slice.array(0..2)[..], b"[{\"b\":1,\"a\":2},{\"a\":3,\"\\u0062\":[1]}]");
        for (line, said) in [
            ("{\"a\":1}", "Row 3 has other keys"),
            ("{\"a\":1},{\"a\":2}", "trailing"),
            ("[1]", "a JSON object"),
            ("{\"a\":", "EOF"),
        ] {
            let error = rows.read(line.as_bytes(), 2, &mut slice).unwrap_err();
            let text = format!("{} {:?}", error.message, error.details);
            assert!(text.contains(said) && text.contains("Row 3"), "{line}: {text}");
        }
        rows.any_keys = true;
        rows.read(b"{}", 2, &mut slice).unwrap();
        assert_eq!(slice.len(), 3);
    }
}
