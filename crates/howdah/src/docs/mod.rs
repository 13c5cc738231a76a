//! `howdah docs`: what a database is, written down, and whether what is written still holds.
//!
//! | step | module |
//! |---|---|
//! | which schema is meant, read; a place where queries can be tried out | `subject` |
//! | what a catalog does not know: queries that ran, example rows, history, what the lint found | `facts`, `queries`, `requests`, `samples` |
//! | the model and the pages become files | `formats` |
//! | files and what is on the disk | `folder` |
//! | what has changed, object by object | `drift` |
//!
//! What a page says is nobody's business here: that is `howdah_schema::docs`.

pub(crate) mod drift;
pub(crate) mod facts;
pub(crate) mod folder;
pub(crate) mod formats;
mod queries;
mod requests;
mod samples;
pub(crate) mod subject;
