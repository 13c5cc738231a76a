//! The databases that are read.

use anyhow::Context;
use howdah_cluster::Cluster;
use howdah_pg::Target;
use std::fmt::Write as _;

/// Statements that are sent at once.
const CHUNK: usize = 50;

/// Makes a database with so many tables and a changed copy of it; gives their names.
pub(crate) async fn create(cluster: &Cluster, tables: usize) -> anyhow::Result<(String, String)> {
    let (before, after) = (format!("schema_{tables}"), format!("schema_{tables}_changed"));
    let admin = Target::parse(&cluster.superuser_url("postgres"))?.client().await?;
    admin.batch_execute(&format!("CREATE DATABASE {before} TEMPLATE template0")).await?;
    {
        let client = Target::parse(&cluster.superuser_url(&before))?.client().await?;
        client.batch_execute(PRELUDE).await.context("cannot make the functions")?;
        for first in (0..tables).step_by(CHUNK) {
            let mut sql = String::new();
            for number in first..tables.min(first + CHUNK) {
                table(&mut sql, number);
            }
            client.batch_execute(&sql).await.context("cannot make the tables")?;
        }
        client.batch_execute("VACUUM ANALYZE").await?;
    }
    copy(&admin, &before, &after).await?;
    let client = Target::parse(&cluster.superuser_url(&after))?.client().await?;
    let mut sql = String::new();
    for number in (0..tables).step_by(100) {
        let _ = write!(
            sql,
            "ALTER TABLE bench.table_{number} ADD COLUMN note text DEFAULT '' NOT NULL; \
             CREATE INDEX idx_table_{number}_note ON bench.table_{number} (note);",
        );
    }
    client.batch_execute(&sql).await.context("cannot change the copy")?;
    Ok((before, after))
}

/// A connection that has just been closed may still count as one for a moment.
async fn copy(admin: &tokio_postgres::Client, from: &str, to: &str) -> anyhow::Result<()> {
    let mut attempt = 0;
    loop {
        match admin.batch_execute(&format!("CREATE DATABASE {to} TEMPLATE {from}")).await {
            Err(_) if attempt < 50 => {
                attempt += 1;
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            result => return result.with_context(|| format!("cannot copy {from}")),
        }
    }
}

const PRELUDE: &str = "CREATE SCHEMA bench; \
    CREATE FUNCTION bench.touch() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN new.updated_at := now(); RETURN new; END $$;";

fn table(sql: &mut String, number: usize) {
    let points_at = number.saturating_sub(1);
    // Writing to a String cannot fail.
    let _ = write!(
        sql,
        "CREATE TABLE bench.table_{number} (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            owner_id uuid NOT NULL,
            parent_id bigint REFERENCES bench.table_{points_at} (id) ON DELETE CASCADE,
            title text NOT NULL DEFAULT '',
            amount numeric(12,2) CONSTRAINT chk_table_{number}_amount CHECK (amount >= 0),
            tags text[] DEFAULT '{{}}',
            data jsonb,
            is_open boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE bench.table_{number} IS 'Table number {number}. @owner owner_id';
        CREATE INDEX idx_table_{number}_parent_id ON bench.table_{number} (parent_id);
        CREATE INDEX idx_table_{number}_open ON bench.table_{number} (owner_id, created_at DESC) WHERE is_open;
        ALTER TABLE bench.table_{number} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own_rows ON bench.table_{number} USING (owner_id::text = current_setting('app.user', true));
        CREATE TRIGGER trg_table_{number}_touch BEFORE UPDATE ON bench.table_{number}
            FOR EACH ROW EXECUTE FUNCTION bench.touch();
        ",
    );
}
