//! Talks to PostgreSQL: connections, lanes, quoting, introspection, migrations, COPY.
