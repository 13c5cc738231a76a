//! COPY.

use bytes::Bytes;
use futures_util::stream;
use howdah_pg::QualifiedName;
use howdah_pg::copy::{CopyError, CopyFormat, CopyInto, copy_in, write_text_row};
use howdah_testkit::TestDb;
use std::io;

fn chunks(data: &[u8], size: usize) -> Vec<io::Result<Bytes>> {
    data.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect()
}

#[tokio::test]
async fn rows_arrive_as_they_are() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client
        .batch_execute("create table public.\"Odd\" (id int generated always as identity, \"select\" text, note text)")
        .await
        .unwrap();
    let rows = [[Some("a\tb\\c\nd\r"), None], [Some(""), Some("\\N")], [Some("é"), Some("\\.")]];
    let mut data = Vec::new();
    for row in rows {
        write_text_row(row, &mut data);
    }
    let table = QualifiedName::new("public", "Odd");
    let into = CopyInto { table: &table, columns: &["select", "note"], format: CopyFormat::Text };
    // Cut in the middle of everything.
    assert_eq!(copy_in(&client, &into, stream::iter(chunks(&data, 3))).await.unwrap(), 3);
    let read = client.query("select \"select\", note from public.\"Odd\" order by id", &[]).await.unwrap();
    let read: Vec<[Option<&str>; 2]> = read.iter().map(|row| [row.get(0), row.get(1)]).collect();
    assert_eq!(read, rows);

    let csv = CopyInto { format: CopyFormat::Csv { header: true }, ..into };
    assert_eq!(copy_in(&client, &csv, stream::iter(chunks(b"s,n\n\"x,y\",\n", 4))).await.unwrap(), 1);
    assert_eq!(copy_in(&client, &csv, stream::empty()).await.unwrap(), 0);
}

#[tokio::test]
async fn one_bad_row_and_none_is_there() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute("create table public.t (n int)").await.unwrap();
    let table = QualifiedName::new("public", "t");
    let into = CopyInto { table: &table, columns: &[], format: CopyFormat::Text };
    let mut data = b"1\n".repeat(200_000);
    data.extend(b"oops\n");
    data.extend(b"2\n".repeat(2_000_000));
    let error = copy_in(&client, &into, stream::iter(chunks(&data, 65_536))).await.unwrap_err();
    let CopyError::Pg(error) = error else { panic!("{error}") };
    let context = error.server().unwrap().context.clone().unwrap();
    assert!(context.contains("COPY t, line 200001, column n: \"oops\""), "{context}");

    assert_eq!(client.query_one("select count(*) from public.t", &[]).await.unwrap().get::<_, i64>(0), 0);
    let broken = vec![Ok(Bytes::from_static(b"1\n")), Err(io::Error::other("the disk is gone"))];
    let error = copy_in(&client, &into, stream::iter(broken)).await.unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("the disk is gone")), ("copy-source", true));
    assert_eq!(client.query_one("select count(*) from public.t", &[]).await.unwrap().get::<_, i64>(0), 0);
    let error = copy_in(&client, &CopyInto { columns: &["nope"], ..into }, stream::empty()).await.unwrap_err();
    assert_eq!(error.code(), "pg-server-error");
    // Refused before any data could go, which the driver does not get over.
    assert!(client.is_closed());
    assert!(client.query_one("select 1", &[]).await.is_err());
}
