//! The catalog of a PostgreSQL database as a plain value, and what is derived from it without I/O.
