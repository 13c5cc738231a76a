//! Extensions that a server does not have: how it says so, and which package brings them.

/// The name of the extension that the server says it does not have: `extension "postgis" is not available`, before
/// PostgreSQL 15 `could not open extension control file …`. The server's messages are in English unless `lc_messages` says
/// otherwise; then there is no telling.
pub(crate) fn missing(sqlstate: &str, message: &str) -> Option<String> {
    let quoted = || message.split('"').nth(1).map(str::to_owned);
    match sqlstate {
        "0A000" if message.starts_with("extension \"") && message.ends_with("is not available") => quoted(),
        "58P01" if message.contains("extension control file") => {
            let path = quoted()?;
            let file = path.rsplit('/').next()?;
            Some(file.strip_suffix(".control")?.to_owned())
        }
        _ => None,
    }
}

/// What has to be installed for an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Package {
    /// PostgreSQL's own package of them.
    Contrib,
    /// One of its own: what apt and dnf call it.
    Own {
        /// Debian and its kin.
        apt: String,
        /// Red Hat and its kin.
        dnf: String,
    },
    /// None that is known here.
    Unknown,
}

/// Which package brings an extension for a major version of PostgreSQL.
pub(crate) fn package(name: &str, major: u32) -> Package {
    if CONTRIB.contains(&name) {
        return Package::Contrib;
    }
    let own = |apt: String, dnf: String| Package::Own { apt, dnf };
    let language =
        |language: &str| own(format!("postgresql-{language}-{major}"), format!("postgresql{major}-{language}"));
    match name {
        "plpython3u" => language("plpython3"),
        "plperl" | "plperlu" => language("plperl"),
        "pltcl" | "pltclu" => language("pltcl"),
        "timescaledb" => own(format!("timescaledb-2-postgresql-{major}"), format!("timescaledb-2-postgresql-{major}")),
        _ => match OWN.iter().find(|(names, _)| names.contains(&name)) {
            Some((_, package)) => own(format!("postgresql-{major}-{package}"), format!("{package}_{major}")),
            None => Package::Unknown,
        },
    }
}

/// What to install on Debian; for an extension that is not known here, what its package is probably called.
pub(crate) fn debian(name: &str, major: u32) -> String {
    match package(name, major) {
        Package::Contrib => "postgresql-contrib".to_owned(),
        Package::Own { apt, .. } => apt,
        Package::Unknown => format!("postgresql-{major}-{}", name.replace('_', "-")),
    }
}

const OWN: [(&[&str], &str); 11] = [
    (&["vector"], "pgvector"),
    (&["postgis", "postgis_raster", "postgis_topology", "postgis_tiger_geocoder", "address_standardizer"], "postgis-3"),
    (&["pg_cron"], "cron"),
    (&["pg_partman"], "partman"),
    (&["pg_repack"], "repack"),
    (&["pgaudit"], "pgaudit"),
    (&["pgrouting"], "pgrouting"),
    (&["pgtap"], "pgtap"),
    (&["plpgsql_check"], "plpgsql-check"),
    (&["hypopg"], "hypopg"),
    (&["hll"], "hll"),
];

/// What PostgreSQL itself brings, in a package of its own on some systems.
const CONTRIB: [&str; 46] = [
    "adminpack",
    "amcheck",
    "autoinc",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "dict_xsyn",
    "earthdistance",
    "file_fdw",
    "fuzzystrmatch",
    "hstore",
    "insert_username",
    "intagg",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "moddatetime",
    "old_snapshot",
    "pageinspect",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_surgery",
    "pg_trgm",
    "pg_visibility",
    "pg_walinspect",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "refint",
    "seg",
    "sslinfo",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

#[cfg(test)]
mod tests {
    use super::{Package, debian, missing, package};

    #[test]
    fn what_the_server_says() {
        let path = "could not open extension control file \"/usr/share/postgresql/14/extension/postgis.control\": No such file or directory";
        assert_eq!(missing("58P01", path).as_deref(), Some("postgis"));
        assert_eq!(missing("0A000", "extension \"postgis\" is not available").as_deref(), Some("postgis"));
        assert_eq!(missing("0A000", "cannot alter type of a column used by a view or rule"), None);
    }

    #[test]
    fn a_package_for_every_extension() {
        let check = |name: &str, apt: &str| assert_eq!(debian(name, 15), apt);
        check("citext", "postgresql-contrib");
        check("vector", "postgresql-15-pgvector");
        check("postgis_topology", "postgresql-15-postgis-3");
        check("timescaledb", "timescaledb-2-postgresql-15");
        check("plpython3u", "postgresql-plpython3-15");
        check("pg_uuidv7", "postgresql-15-pg-uuidv7");
        assert_eq!(package("pg_uuidv7", 15), Package::Unknown);
    }
}
