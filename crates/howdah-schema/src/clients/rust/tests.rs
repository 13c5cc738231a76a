//! What the generator makes of catalogs that no server is needed for.
