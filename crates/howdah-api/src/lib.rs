//! The REST data API: URL → query tree → SQL → stream.
