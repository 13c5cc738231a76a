//! A small catalog that has some of everything.

use crate::catalog::{
    Acl, Argument, ArgumentMode, Attribute, Catalog, Comment, Composite, DataType, Domain, DomainCheck, Enum,
    EventTrigger, Extension, Function, FunctionKind, Generated, Grant, Membership, ObjectId, Options, Parallel,
    PartitionOf, Policy, PolicyCommand, Publication, PublishedTable, Range, Returns, RowSecurity, Schema, Sequence,
    Signature, Statistics, Table, Trigger, TriggerEnabled, TriggerLevel, TriggerTiming, TypeKind, View, Volatility,
};
use crate::docs::{CommonQuery, Example, Facts, HistoryChange, HistoryEntry, Issue};
use crate::testing::{TestTable, base_type, qualified, role, table};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn grant(grantee: &str, privilege: &str) -> Grant {
    Grant { grantee: grantee.into(), privilege: privilege.into(), grantor: "owner".into(), grantable: false }
}

pub(super) fn acl(grants: &[(&str, &str)]) -> Acl {
    let own = ["DELETE", "INSERT", "SELECT", "UPDATE"].map(|privilege| grant("owner", privilege));
    let named = grants.iter().map(|(grantee, privilege)| grant(grantee, privilege));
    Acl { explicit: true, grants: own.into_iter().chain(named).collect() }
}

pub(super) fn policy(name: &str, command: PolicyCommand, role: &str, using: &str, check: &str) -> Policy {
    let expression = |sql: &str| (!sql.is_empty()).then(|| sql.to_owned());
    Policy {
        name: name.into(),
        command,
        permissive: true,
        roles: vec![role.into()],
        using: expression(using),
        check: expression(check),
        comment: Comment::default(),
    }
}

pub(super) fn with_policy(table: TestTable, policy: Policy) -> TestTable {
    table.with(|table| {
        table.row_security = RowSecurity { enabled: true, forced: true };
        table.policies.insert(policy.name.clone(), policy);
    })
}

fn named_type(name: &str, kind: TypeKind, base: Option<&str>) -> DataType {
    let name = qualified(name);
    DataType { sql: name.to_string(), name, kind, array: false, base: base.map(str::to_owned) }
}

fn function(name: &str, arguments: Vec<Argument>, returns: &str, comment: &str) -> Function {
    let types: Vec<String> = arguments.iter().map(|argument| argument.data_type.sql.clone()).collect();
    Function {
        signature: Signature { name: qualified(name), arguments: types.join(", ") },
        kind: FunctionKind::Function,
        owner: "owner".into(),
        arguments,
        returns: Some(Returns { sql: returns.into(), data_type: base_type(returns), set: false }),
        language: "plpgsql".into(),
        volatility: Volatility::Volatile,
        parallel: Parallel::Unsafe,
        security_definer: false,
        strict: false,
        leakproof: false,
        cost: "100".into(),
        rows: "0".into(),
        support: None,
        config: BTreeMap::new(),
        body: String::new(),
        definition: String::new(),
        acl: Acl { explicit: false, grants: vec![grant("public", "EXECUTE")] },
        comment: Comment::new(comment),
    }
}

fn view(name: &str, columns: &[(&str, &str)], definition: &str, comment: &str) -> View {
    let mut made = table(name);
    for (name, sql) in columns {
        made = made.column(name, sql, "");
    }
    View {
        name: qualified(name),
        materialized: false,
        owner: "owner".into(),
        columns: made.0.columns,
        definition: definition.into(),
        options: Options::default(),
        triggers: BTreeMap::new(),
        rules: BTreeMap::new(),
        indexes: BTreeMap::new(),
        tablespace: None,
        access_method: None,
        acl: acl(&[("reader", "SELECT")]),
        comment: Comment::new(comment),
    }
}

fn authors() -> TestTable {
    table("authors")
        .comment("People who write. @group writing @audit read @deprecated use public.people")
        .column("id", "uuid not null", "Its id.")
        .column_with("email", named_type("email", TypeKind::Domain, Some("text")), |column| {
            column.comment = Comment::new("Where to write to. @pii email @mask email");
        })
        .column("secret", "text", "What nobody sees. @pii @encrypt @blind-index")
        .column("created_at", "timestamp with time zone not null", "When it was made.")
        .primary_key(&["id"])
        .unique("uq_authors_email", &["email"])
        .with(|table| {
            table.acl = acl(&[("public", "SELECT"), ("app", "INSERT"), ("app", "TRUNCATE")]);
            table.columns[0].default = Some("gen_random_uuid()".into());
        })
}

fn posts() -> TestTable {
    let mut restrictive = policy("only_live", PolicyCommand::Select, "public", "(deleted_at IS NULL)", "");
    restrictive.permissive = false;
    let own = "(author_id = ( SELECT auth.uid() AS uid))";
    let posts = table("posts")
        .comment("What they write.\n\nA second paragraph. @group writing @owner author_id @version row_version @retain 2 years by created_at @consent publishing")
        .column("id", "uuid not null", "Its id.")
        .column("author_id", "uuid not null", "Whose it is.")
        .column("parent_id", "uuid", "What it answers.")
        .column_with("mood", named_type("mood", TypeKind::Enum, None), |column| {
            column.not_null = true;
            column.default = Some("'calm'::public.mood".into());
            column.comment = Comment::new("How it feels.");
        })
        .column("title", "text not null", "Its title; at most 200 characters.")
        .column("old_title", "text", "What it was called. @deprecated use title")
        .column_with("search", base_type("tsvector"), |column| {
            column.generated = Some(Generated { expression: "to_tsvector('simple'::regconfig, title)".into(), stored: true });
        })
        .column("row_version", "bigint not null", "Counts its changes.")
        .column("created_at", "timestamp with time zone not null", "When it was made.")
        .column("deleted_at", "timestamp with time zone", "When it went.")
        .primary_key(&["id"])
        .foreign_key("fk_posts_author", &["author_id"], "authors", &["id"])
        .foreign_key("fk_posts_parent", &["parent_id"], "posts", &["id"])
        .check("chk_posts_title", &["title"], "(char_length(title) <= 200)")
        .check("chk_posts_odd", &["title", "old_title"], "public.is_odd(title, old_title)")
        .index("idx_posts_author", &["author_id", "created_at"], "")
        .index("idx_posts_live", &["created_at"], "(deleted_at IS NULL)")
        .with(|table| {
            table.acl = acl(&[
                ("app", "DELETE"), ("app", "INSERT"), ("app", "SELECT"), ("app", "UPDATE"), ("writer", "SELECT"),
            ]);
            for name in ["id", "title"] {
                let column = table.columns.iter_mut().find(|column| column.name == name).unwrap();
                column.grants.push(grant("reader", "SELECT"));
            }
            table.indexes.get_mut("idx_posts_live").unwrap().comment = Comment::new("The front page, newest first.");
            table.constraints.get_mut("chk_posts_title").unwrap().validated = false;
            let touch = touch(table);
            table.triggers.insert(touch.name.clone(), touch);
        });
    let posts = with_policy(posts, policy("own_posts", PolicyCommand::All, "app", own, ""));
    let posts = with_policy(posts, policy("read_all", PolicyCommand::Select, "reader", "true", ""));
    with_policy(posts, restrictive)
}

fn touch(table: &Table) -> Trigger {
    Trigger {
        name: "trg_touch".into(),
        timing: TriggerTiming::Before,
        level: TriggerLevel::Row,
        on_insert: false,
        on_update: true,
        on_delete: false,
        on_truncate: false,
        update_columns: vec!["title".into()],
        function: qualified("touch"),
        constraint: false,
        enabled: TriggerEnabled::Origin,
        inherited: false,
        definition: format!(
            "CREATE TRIGGER trg_touch BEFORE UPDATE OF title ON {} FOR EACH ROW WHEN ((old.title <> new.title)) EXECUTE FUNCTION public.touch()",
            table.name
        ),
        comment: Comment::default(),
    }
}

fn tables() -> Vec<TestTable> {
    let part = PartitionOf { parent: qualified("log.events"), bounds: "DEFAULT".into() };
    vec![
        authors(),
        posts(),
        table("tags")
            .comment("Words. @group writing")
            .column("name", "text not null", "The word.")
            .primary_key(&["name"]),
        table("post_tags")
            .comment("Which words are at which post. @group writing")
            .column("post_id", "uuid not null", "The post.")
            .column("tag", "text not null", "The word.")
            .primary_key(&["post_id", "tag"])
            .foreign_key("fk_post_tags_post", &["post_id"], "posts", &["id"])
            .foreign_key("fk_post_tags_tag", &["tag"], "tags", &["name"]),
        table("log.events")
            .comment("What happened. @partitions")
            .column("at", "timestamp with time zone not null", "When.")
            .with(|table| {
                table.partition_key = Some("RANGE (at)".into());
                table.unlogged = true;
            }),
        table("log.events_default").column("at", "timestamp with time zone not null", "").with(|table| {
            table.partition_of = Some(part);
            table.columns[0].inherited = true;
        }),
    ]
}

pub(super) fn catalog() -> Catalog {
    let mut catalog = crate::testing::catalog(tables());
    catalog.schemas.insert(
        "log".into(),
        Schema {
            name: "log".into(),
            owner: "owner".into(),
            acl: Acl::default(),
            comment: Comment::new("What happened."),
        },
    );
    if let Some(public) = catalog.schemas.get_mut("public") {
        public.acl = Acl { explicit: true, grants: vec![grant("public", "USAGE"), grant("reader", "CREATE")] };
    }
    for name in ["app", "reader", "writer", "owner"] {
        catalog.roles.insert(name.into(), role(name));
    }
    let writer = catalog.roles.get_mut("writer").unwrap();
    writer.member_of.insert("app".into(), Membership::default());
    writer.comment = Comment::new("Writes for others.");
    catalog.extensions.insert(
        "pg_trgm".into(),
        Extension {
            name: "pg_trgm".into(),
            schema: "public".into(),
            version: "1.6".into(),
            comment: Comment::new("Similarity of words."),
        },
    );
    types(&mut catalog);
    routines(&mut catalog);
    views(&mut catalog);
    others(&mut catalog);
    catalog.current_role = "owner".to_owned().into();
    catalog.loaded_from_files = true.into();
    catalog
}

fn types(catalog: &mut Catalog) {
    let owner = || "owner".to_owned();
    catalog.enums.insert(
        qualified("mood"),
        Enum {
            name: qualified("mood"),
            owner: owner(),
            labels: vec!["calm".into(), "so | so".into()],
            acl: Acl::default(),
            comment: Comment::new("How something feels."),
        },
    );
    let check = DomainCheck {
        name: "chk_email".into(),
        definition: "CHECK ((VALUE ~ '^[^|]+@.+$'::text))".into(),
        validated: true,
        comment: Comment::default(),
    };
    catalog.domains.insert(
        qualified("email"),
        Domain {
            name: qualified("email"),
            owner: owner(),
            base: base_type("text"),
            not_null: false,
            not_null_constraint: None,
            default: None,
            collation: None,
            checks: BTreeMap::from([(check.name.clone(), check)]),
            acl: Acl::default(),
            comment: Comment::new("A mail address."),
        },
    );
    catalog.composites.insert(
        qualified("place"),
        Composite {
            name: qualified("place"),
            owner: owner(),
            attributes: vec![Attribute {
                name: "city".into(),
                data_type: base_type("text"),
                collation: None,
                comment: Comment::new("The city."),
            }],
            acl: Acl::default(),
            comment: Comment::default(),
        },
    );
    catalog.ranges.insert(
        qualified("span"),
        Range {
            name: qualified("span"),
            owner: owner(),
            subtype: base_type("timestamp with time zone"),
            opclass: None,
            collation: None,
            canonical: None,
            subtype_diff: None,
            multirange_name: qualified("spans"),
            acl: Acl::default(),
            comment: Comment::default(),
        },
    );
}

fn routines(catalog: &mut Catalog) {
    let argument = Argument {
        name: Some("mood".into()),
        mode: ArgumentMode::In,
        data_type: named_type("mood", TypeKind::Enum, None),
        default: Some("'calm'::public.mood".into()),
    };
    let mut count =
        function("count_posts", vec![argument], "bigint", "How many posts feel so. @deprecated count them yourself");
    count.security_definer = true;
    count.acl = Acl { explicit: true, grants: vec![grant("app", "EXECUTE"), grant("owner", "EXECUTE")] };
    for function in [function("touch", Vec::new(), "trigger", "Trigger: counts the row's changes."), count] {
        catalog.functions.insert(function.signature.clone(), function);
    }
}

fn views(catalog: &mut Catalog) {
    let live = view(
        "live_posts",
        &[("id", "uuid"), ("title", "text")],
        " SELECT id, title\n   FROM public.posts;",
        "Posts that are not gone.",
    );
    let mut titles = view("log.titles", &[("title", "text")], " SELECT title FROM public.live_posts", "");
    titles.materialized = true;
    for view in [live, titles] {
        catalog.views.insert(view.name.clone(), view);
    }
    let needs = [
        (ObjectId::View(qualified("live_posts")), ObjectId::Column(qualified("posts"), "id".into())),
        (ObjectId::View(qualified("live_posts")), ObjectId::Column(qualified("posts"), "title".into())),
        (ObjectId::View(qualified("log.titles")), ObjectId::Column(qualified("live_posts"), "title".into())),
    ];
    for (dependent, needed) in needs {
        catalog.dependencies.insert(dependent, needed);
    }
}

fn others(catalog: &mut Catalog) {
    let owner = || "owner".to_owned();
    catalog.sequences.insert(
        qualified("tickets"),
        Sequence {
            name: qualified("tickets"),
            owner: owner(),
            data_type: "bigint".into(),
            start: 1,
            increment: 1,
            min: 1,
            max: i64::MAX,
            cache: 1,
            cycle: false,
            unlogged: false,
            owned_by: None,
            acl: Acl::default(),
            comment: Comment::new("Numbers of tickets."),
        },
    );
    let published = PublishedTable { columns: Some(vec!["id".into()]), filter: Some("(deleted_at IS NULL)".into()) };
    catalog.publications.insert(
        "feed".into(),
        Publication {
            name: "feed".into(),
            owner: owner(),
            all_tables: false,
            tables: BTreeMap::from([(qualified("posts"), published)]),
            schemas: BTreeSet::new(),
            insert: true,
            update: true,
            delete: false,
            truncate: false,
            via_root: false,
            generated_columns: false,
            comment: Comment::default(),
        },
    );
    catalog.event_triggers.insert(
        "no_drops".into(),
        EventTrigger {
            name: "no_drops".into(),
            event: "sql_drop".into(),
            tags: vec!["DROP TABLE".into()],
            function: qualified("touch"),
            enabled: TriggerEnabled::Origin,
            owner: owner(),
            comment: Comment::new("Refuses to drop tables."),
        },
    );
    catalog.statistics.insert(
        qualified("st_posts"),
        Statistics {
            name: qualified("st_posts"),
            table: qualified("posts"),
            owner: owner(),
            kinds: vec!["dependencies".into()],
            columns: vec!["author_id".into(), "mood".into()],
            expressions: Vec::new(),
            target: None,
            definition: String::new(),
            comment: Comment::new("Authors keep their mood."),
        },
    );
}

pub(super) fn facts() -> Facts {
    let query = CommonQuery {
        title: "One row by its key".into(),
        sql: "SELECT * FROM public.posts WHERE id = $1".into(),
        parameters: vec!["id uuid".into()],
        served_by: Some("posts_pkey".into()),
        rest: Some("GET /rest/v1/posts?id=eq.{id}".into()),
        typescript: Some("await db.from('posts').select().eq('id', id).single()".into()),
        remark: Some("No row was fit to try it with, so it ran with made-up values.".into()),
    };
    let example = Example {
        columns: vec!["id".into(), "title".into()],
        rows: vec![vec![Some("7".into()), Some("a | b".into())], vec![Some("8".into()), None]],
        masked: vec!["title".into()],
    };
    let change =
        |column: Option<&str>, what: &str| HistoryChange { column: column.map(str::to_owned), what: what.into() };
    let history = vec![
        HistoryEntry { migration: "0001_init".into(), changes: vec![change(None, "created")] },
        HistoryEntry {
            migration: "0002_mood".into(),
            changes: vec![change(Some("mood"), "added"), change(Some("title"), "type: varchar → text")],
        },
    ];
    Facts {
        project: "blog".into(),
        api_schemas: vec!["public".into()],
        queries: BTreeMap::from([(qualified("posts"), vec![query])]),
        queries_note: None,
        examples: BTreeMap::from([(qualified("posts"), example)]),
        examples_note: Some("There is no demo data for this table.".into()),
        history: BTreeMap::from([(qualified("posts"), history)]),
        history_note: None,
        issues: vec![
            Issue {
                set: "advisor".into(),
                rule: "rls-disabled".into(),
                level: "error".into(),
                object: "public.posts".into(),
                message: "anon may read every row of public.posts: row-level security is off".into(),
                fix: "run `alter table public.posts enable row level security;`".into(),
            },
            Issue {
                set: "standards".into(),
                rule: "table-comment".into(),
                level: "warning".into(),
                object: "log.events".into(),
                message: "There is no comment".into(),
                fix: "add one".into(),
            },
        ],
    }
}

/// The same schema as it is on a server in use: other owners, bookkeeping, partitions of the day, another version.
pub(super) fn as_operated(files: &Catalog) -> Catalog {
    let renamed = serde_json::to_string(files).unwrap().replace("\"owner\":\"owner\"", "\"owner\":\"shop\"");
    let renamed = renamed.replace("\"grantor\":\"owner\"", "\"grantor\":\"shop\"");
    let renamed = renamed.replace("\"grantee\":\"owner\"", "\"grantee\":\"shop\"");
    let mut live: Catalog = serde_json::from_str(&renamed).unwrap();
    live.postgres_major = 17;
    live.current_role = "postgres".to_owned().into();
    live.loaded_from_files = false.into();
    live.server_roles = BTreeSet::from(["nobody".to_owned()]).into();
    live.roles.remove("owner");
    let mut owner = role("shop");
    owner.login = true;
    owner.member_of.insert("app".into(), Membership { inherit: Some(true), ..Membership::default() });
    live.roles.insert("shop".into(), owner);
    live.roles.insert("idle".into(), role("idle"));
    for role in live.roles.values_mut() {
        role.connection_limit = 5;
    }
    let extension = live.extensions.get_mut("pg_trgm").unwrap();
    extension.version = "1.7".into();
    let today = table("log.events_2026").column("at", "timestamp with time zone not null", "").with(|table| {
        table.owner = "shop".into();
        table.partition_of = Some(PartitionOf {
            parent: qualified("log.events"),
            bounds: "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')".into(),
        });
    });
    live.tables.insert(today.0.name.clone(), today.0);
    let own = crate::testing::catalog([table("howdah.migrations").comment("Ours.").column("id", "text", "")]);
    live.tables.extend(own.tables);
    live.schemas.extend(own.schemas);
    live
}
