//! What a catalog says of one of everything.

use super::everything;
use howdah_schema::catalog::{
    ArgumentMode, ConstraintKind, Deferral, ForeignKeyAction, ForeignKeyMatch, IndexTarget, PUBLIC, PolicyCommand,
    PrivilegeObjects, ReplicaIdentity, RuleEvent, TriggerEnabled, TriggerLevel, TriggerTiming, TypeKind,
};

#[tokio::test]
async fn columns() {
    let catalog = everything().await;
    let table = catalog.table("shop", "customers").unwrap();
    let column = |name: &str| table.column(name).unwrap();

    assert!(table.columns.iter().zip(1..).all(|(column, place)| column.position == place), "a gap in the positions");
    assert_eq!(
        (column("id").data_type.sql.as_str(), column("id").default.as_deref()),
        ("uuid", Some("gen_random_uuid()"))
    );
    let number = column("number").identity.as_ref().unwrap();
    let sequence = number.sequence.as_ref().unwrap();
    assert!(number.always && (sequence.start, sequence.increment) == (100, 10) && sequence.owned_by.is_none());
    assert!(!column("other_number").identity.as_ref().unwrap().always);
    assert_eq!(catalog.sequences.len(), 2, "an identity column's sequence is not a sequence of the schema");

    let generated = column("name_length").generated.as_ref().unwrap();
    assert!(generated.stored && generated.expression == "length(name)" && column("name_length").default.is_none());
    let email = column("email");
    assert!(email.not_null && email.data_type.sql == "public.citext" && email.data_type.kind == TypeKind::Base);
    assert_eq!(email.comment.text(), "The address mail goes to.");
    assert_eq!(email.comment.tags().to_string(), "@pii email @mask email");
    assert!(email.grants.iter().any(|grant| grant.grantee == "pg_monitor" && grant.privilege == "UPDATE"));

    let age = &column("age").data_type;
    assert_eq!((age.kind, age.base.as_deref()), (TypeKind::Domain, Some("integer")), "through both domains");
    let moods = &column("moods").data_type;
    assert!(moods.array && moods.kind == TypeKind::Enum && moods.name.to_string() == "shop.mood");
    assert_eq!(column("price").data_type.sql, "numeric(19,4)");
    assert_eq!(column("code").collation.as_ref().unwrap().name, "C");
    assert_eq!(column("spot").data_type.kind, TypeKind::Composite);
    // Whatever DateStyle and TimeZone the database has.
    assert_eq!(column("born_on").default.as_deref(), Some("'2000-02-01'::date"));
    assert_eq!(column("pause").default.as_deref(), Some("'1 day 02:00:00'::interval"));
    assert_eq!(column("metadata").storage.as_deref(), Some("external"));
    assert_eq!((column("name").statistics, column("name").compression.as_deref()), (Some(500), Some("pglz")));
    assert_eq!(column("name").options.get("n_distinct").unwrap(), "-0.5");
    assert!(catalog.table("shop", "child").unwrap().column("id").unwrap().inherited);
    assert!(!catalog.table("shop", "child").unwrap().column("extra").unwrap().inherited);
}

#[tokio::test]
async fn constraints() {
    let catalog = everything().await;
    let constraint = |table: &str, name: &str| {
        let table = catalog.table("shop", table).unwrap();
        table.constraints.get(name).unwrap_or_else(|| panic!("{:?}", table.constraints.keys()))
    };
    let unique = constraint("customers", "uq_customers_code");
    let since_15 = catalog.postgres_major >= 15;
    assert_eq!(unique.kind, ConstraintKind::Unique { nulls_not_distinct: since_15 });
    assert_eq!(
        (unique.deferral, &unique.columns[..]),
        (Deferral::InitiallyDeferred, &["code".to_owned(), "mood".to_owned()][..])
    );
    assert!(!constraint("customers", "chk_customers_late").validated);
    assert!(matches!(
        &constraint("customers", "chk_customers_tree").kind,
        ConstraintKind::Check { no_inherit: true, .. }
    ));
    assert_eq!(constraint("customers", "chk_customers_name").comment.text(), "Long enough for anyone.");
    assert_eq!(constraint("orders", "ex_orders_slot").kind, ConstraintKind::Exclusion);

    let parent = constraint("orders", "fk_orders_parent");
    let key = parent.foreign_key().unwrap();
    assert_eq!(parent.columns, ["customer_id", "parent_id"]);
    assert_eq!(
        (key.references.to_string(), &key.referenced_columns[..]),
        ("shop.orders".into(), &["customer_id".to_owned(), "id".to_owned()][..])
    );
    assert_eq!(key.on_delete, ForeignKeyAction::SetNull);
    assert_eq!(key.on_delete_columns, if since_15 { vec!["parent_id"] } else { vec![] });
    assert_eq!(parent.deferral, Deferral::InitiallyImmediate);
    let customer = constraint("orders", "fk_orders_customer").foreign_key().unwrap();
    assert_eq!((customer.on_delete, customer.on_update), (ForeignKeyAction::Cascade, ForeignKeyAction::Restrict));
    let pair = constraint("links", "fk_links_pair");
    assert!(!pair.validated && pair.foreign_key().unwrap().match_type == ForeignKeyMatch::Full);

    // A key to a partitioned table counts once, though the server keeps one for each partition.
    let notes = catalog.table("shop", "event_notes").unwrap();
    assert_eq!(notes.foreign_keys().count(), 1);
    let partition = catalog.table("shop", "events_2026_01").unwrap();
    assert!(partition.constraints.values().all(|constraint| constraint.inherited), "{:?}", partition.constraints);
    assert!(constraint("child", "base_id_check").inherited);
    assert!(
        constraint("whole", "chk_whole_row").columns.is_empty()
            && constraint("base", "chk_base_oid").columns.is_empty()
    );
}

#[tokio::test]
async fn indexes() {
    let catalog = everything().await;
    let table = catalog.table("shop", "customers").unwrap();
    let live = &table.indexes["idx_customers_live"];
    assert_eq!(live.keys[0].opclass.as_ref().unwrap().name, "text_pattern_ops");
    assert!(live.keys[1].descending && !live.keys[1].nulls_first && live.keys[1].opclass.is_none());
    assert!(matches!(&live.keys[2].target, IndexTarget::Expression(sql) if sql == "lower((email)::text)"));
    assert_eq!(live.keys[2].collation.as_ref().unwrap().name, "C");
    assert_eq!(
        (live.include.as_slice(), live.predicate.as_deref()),
        (&["price".to_owned()][..], Some("(deleted_at IS NULL)"))
    );
    assert_eq!(live.leading_columns().collect::<Vec<_>>(), ["name", "created_at"]);
    assert_eq!(live.comment.text(), "For the list.");
    assert_eq!(live.statistics.iter().collect::<Vec<_>>(), [(&3, &300)]);
    assert_eq!(table.indexes["idx_customers_backwards"].keys[0].opclass.as_ref().unwrap().name, "backwards");
    for (name, method, option) in [
        ("idx_customers_tags", "gin", Some(("fastupdate", "off"))),
        ("idx_customers_created", "brin", Some(("pages_per_range", "32"))),
        ("idx_customers_mood", "hash", None),
    ] {
        let index = &table.indexes[name];
        assert_eq!(index.method, method);
        assert_eq!(index.options.iter().next().map(|(name, value)| (name.as_str(), value.as_str())), option);
    }
    assert_eq!(table.indexes["uq_customers_number"].nulls_not_distinct, catalog.postgres_major >= 15);
    assert!(table.indexes["uq_customers_email"].clustered);
    assert_eq!(table.indexes["customers_pkey"].constraint.as_deref(), Some("customers_pkey"));
    assert_eq!(table.indexes["idx_customers_code_sorted"].keys[0].collation.as_ref().unwrap().name, "POSIX");
    let partition = catalog.table("shop", "events_2026_01").unwrap();
    assert!(
        partition
            .indexes
            .values()
            .any(|index| index.parent.as_ref().is_some_and(|parent| parent.name == "idx_events_kind"))
    );
    let odd = catalog.table("Odd schema", "Odd \"table\"").unwrap();
    assert_eq!(odd.indexes["odd index"].leading_columns().collect::<Vec<_>>(), ["select"]);
}

#[tokio::test]
async fn row_security_and_privileges() {
    let catalog = everything().await;
    let table = catalog.table("shop", "customers").unwrap();
    assert!(table.row_security.enabled && table.row_security.forced);
    let own = &table.policies["own_rows"];
    assert_eq!(
        (own.command, own.permissive, own.roles.as_slice()),
        (PolicyCommand::All, true, &["pg_database_owner".to_owned(), "pg_monitor".to_owned()][..])
    );
    assert!(own.using.is_some() && own.check.is_some() && own.comment.text() == "Everyone sees their own.");
    let big = &table.policies["no_big"];
    assert_eq!(
        (big.command, big.permissive, &big.roles[..], &big.using),
        (PolicyCommand::Insert, false, &[PUBLIC.to_owned()][..], &None)
    );

    assert!(
        table.acl.explicit && table.acl.allows("pg_monitor", "SELECT") && !table.acl.allows("pg_monitor", "INSERT")
    );
    assert!(table.acl.grants.iter().any(|grant| grant.grantee == "pg_monitor" && grant.grantable));
    let pairs = catalog.table("shop", "pairs").unwrap();
    assert!(pairs.acl.explicit && pairs.acl.grants.is_empty(), "an empty list is not the default");
    let links = catalog.table("shop", "links").unwrap();
    assert!(!links.acl.explicit && !links.acl.grants.is_empty(), "the default, written out");
    let touch = catalog.overloads("shop", "touch").next().unwrap();
    assert!(touch.acl.explicit && !touch.acl.allows(PUBLIC, "EXECUTE"));
    assert!(catalog.overloads("shop", "add").any(|add| add.acl.allows("pg_monitor", "EXECUTE")));

    let [functions, tables] = &catalog.default_privileges[..] else { panic!("{:?}", catalog.default_privileges) };
    assert!(functions.schema.is_none() && functions.objects == PrivilegeObjects::Functions);
    assert!(functions.grants.iter().all(|grant| grant.grantee != PUBLIC));
    assert_eq!((tables.schema.as_deref(), tables.objects), (Some("shop"), PrivilegeObjects::Tables));
    let roles: Vec<_> = catalog.roles.keys().collect();
    assert_eq!(roles, ["howdah_admin"], "neither PUBLIC nor the server's own");
    assert!(catalog.roles["howdah_admin"].superuser && catalog.server_roles.contains("pg_monitor"));
    assert_eq!(*catalog.current_role, "howdah_admin");
}

#[tokio::test]
async fn tables_and_triggers() {
    let catalog = everything().await;
    let table = catalog.table("shop", "customers").unwrap();
    assert_eq!(table.replica_identity, ReplicaIdentity::Index("uq_customers_email".to_owned()));
    assert_eq!(
        (
            table.options.get("fillfactor").unwrap().as_str(),
            table.options.get("toast.autovacuum_enabled").unwrap().as_str()
        ),
        ("70", "false")
    );
    assert_eq!(table.comment.tags().owner.as_deref(), Some("id"));
    assert!(catalog.table("shop", "scratch").unwrap().unlogged);

    let name = &table.triggers["trg_customers_name"];
    assert_eq!(
        (name.timing, name.level, name.enabled),
        (TriggerTiming::After, TriggerLevel::Statement, TriggerEnabled::Always)
    );
    assert!(name.on_insert && name.on_update && name.on_delete && !name.on_truncate);
    assert_eq!(name.update_columns, ["name", "email"]);
    assert_eq!(table.triggers["trg_customers_off"].enabled, TriggerEnabled::Disabled);
    assert!(table.triggers["trg_customers_check"].constraint);
    let touch = &table.triggers["trg_customers_touch"];
    assert_eq!((touch.timing, touch.level), (TriggerTiming::Before, TriggerLevel::Row));
    assert_eq!(touch.function.to_string(), "shop.touch");
    assert_eq!(table.triggers.len(), 4, "those behind foreign keys are not listed");

    let events = catalog.table("shop", "events").unwrap();
    assert_eq!(events.partition_key.as_deref(), Some("RANGE (at)"));
    let second = catalog.table("shop", "events_2026_02").unwrap();
    assert_eq!(second.partition_key.as_deref(), Some("HASH (id)"));
    let place = second.partition_of.as_ref().unwrap();
    assert_eq!(place.parent, events.name);
    assert_eq!(place.bounds, "FOR VALUES FROM ('2026-02-01 00:00:00+00') TO ('2026-03-01 00:00:00+00')");
    assert_eq!(catalog.table("shop", "events_rest").unwrap().partition_of.as_ref().unwrap().bounds, "DEFAULT");
    assert_eq!(catalog.table("shop", "child").unwrap().inherits, [catalog.table("shop", "base").unwrap().name.clone()]);
    assert!(second.inherits.is_empty());
}

#[tokio::test]
async fn views_functions_and_types() {
    let catalog = everything().await;
    let view = catalog.view("shop", "live_customers").unwrap();
    assert_eq!((view.security_invoker(), view.materialized), (catalog.postgres_major >= 15, false));
    assert_eq!(view.options.get("check_option").unwrap(), "local");
    assert_eq!(view.columns[1].comment.tags().to_string(), "@pii name");
    assert_eq!(view.columns[1].default.as_deref(), Some("'nobody'::text"));
    assert_eq!(view.triggers["trg_live_insert"].timing, TriggerTiming::InsteadOf);
    assert!(view.definition.starts_with("SELECT ") && !view.definition.ends_with(';'));
    let totals = catalog.view("shop", "totals").unwrap();
    assert!(totals.materialized && totals.indexes.contains_key("uq_totals_mood"));

    let adds: Vec<_> = catalog.overloads("shop", "add").collect();
    let [numbers, text] = &adds[..] else { panic!("{adds:?}") };
    assert_eq!(numbers.signature.to_string(), "shop.add(integer, integer, integer[])");
    assert_eq!(numbers.arguments[1].default.as_deref(), Some("2"));
    assert_eq!((numbers.arguments[2].mode, numbers.arguments[2].data_type.array), (ArgumentMode::Variadic, true));
    assert!(numbers.leakproof && numbers.strict && numbers.cost == "7");
    assert!(text.security_definer && text.body.contains("upper"));
    assert_eq!((text.config["search_path"].as_str(), text.config["work_mem"].as_str()), ("\"\"", "8MB"));
    let rows_of = catalog.overloads("shop", "rows_of").next().unwrap();
    let modes: Vec<_> = rows_of.arguments.iter().map(|argument| argument.mode).collect();
    assert_eq!(modes, [ArgumentMode::In, ArgumentMode::Out, ArgumentMode::InOut]);
    let listing = catalog.overloads("shop", "listing").next().unwrap();
    assert_eq!(listing.arguments.iter().filter(|argument| argument.mode == ArgumentMode::Table).count(), 2);
    assert!(listing.returns.as_ref().unwrap().set && listing.rows == "50");
    let rows = catalog.overloads("shop", "of_customers").next().unwrap().returns.as_ref().unwrap();
    assert_eq!(
        (rows.data_type.name.to_string(), rows.data_type.kind, rows.set),
        ("shop.customers".into(), TypeKind::Composite, true)
    );
    assert!(catalog.overloads("shop", "tidy").next().unwrap().returns.is_none());
    assert_eq!(catalog.overloads("shop", "none").count(), 0);

    let rule = &catalog.view("shop", "restless_ones").unwrap().rules["write_ones"];
    assert!(
        rule.instead && rule.event == RuleEvent::Update && rule.definition.starts_with("CREATE RULE write_ones AS")
    );
    let rules = &catalog.table("shop", "scratch").unwrap().rules;
    assert_eq!(rules.keys().collect::<Vec<_>>(), ["note", "quiet"]);
    assert!(rules["note"].enabled == TriggerEnabled::Disabled && !rules["note"].instead);
    assert!(rules["quiet"].event == RuleEvent::Delete && rules["quiet"].comment.text() == "Great ones stay.");

    let mut enums = catalog.enums.values();
    assert_eq!(enums.next().unwrap().labels, ["sad", "so-so", "ok", "happy"]);
    let domains: Vec<_> = catalog.domains.values().skip(1).collect();
    assert!(domains[0].not_null && domains[0].checks["chk_positive"].comment.text() == "Zero is nothing.");
    assert!(!domains[1].checks["chk_even"].validated);
    let point = catalog.composites.values().next().unwrap();
    assert_eq!((point.attributes[0].comment.text(), point.attributes.len()), ("East.", 3));
    let ticket = catalog.sequences.values().find(|sequence| sequence.name.name == "ticket").unwrap();
    assert_eq!((ticket.data_type.as_str(), ticket.start, ticket.max, ticket.cycle), ("integer", 10, 1000, true));
    assert_eq!(ticket.owned_by.as_ref().unwrap().column, "ticket");
    assert_eq!(catalog.extensions["citext"].schema, "public");
    assert!(
        catalog.functions.keys().all(|signature| signature.name.schema != "public"),
        "citext's functions are its own"
    );
    assert_eq!(catalog.unmodelled, []);
}

#[tokio::test]
async fn what_postgresql_18_brought() {
    let catalog = everything().await;
    let Some(table) = catalog.table("shop", "since_18") else { return assert!(catalog.postgres_major < 18) };
    assert!(!table.column("doubled").unwrap().generated.as_ref().unwrap().stored);
    assert!(table.column("id").unwrap().not_null);
    let not_null = |name: &str| table.column(name).unwrap().not_null_constraint.as_ref();
    assert_eq!(not_null("id").unwrap().name, "since_18_id_not_null");
    let late = not_null("late").unwrap();
    assert!(!late.validated && !late.inherited && late.name == "not_null_late" && late.comment.text() == "Later.");
    assert!(not_null("n").is_none());
    let base = catalog.table("shop", "base_18").unwrap();
    assert!(base.column("own").unwrap().not_null_constraint.as_ref().unwrap().no_inherit);
    let child = catalog.table("shop", "child_18").unwrap();
    assert!(child.column("own").unwrap().not_null_constraint.is_none());
    assert!(child.column("all_of_them").unwrap().not_null_constraint.as_ref().unwrap().inherited);
    assert!(table.constraints.keys().all(|name| !name.contains("not_null")));
    assert!(catalog.publications["generated"].generated_columns);
    assert!(!table.constraints["chk_hope"].enforced && table.constraints["since_18_pkey"].enforced);
    assert!(table.constraints["since_18_pkey"].definition.contains("WITHOUT OVERLAPS"));
    let key = &catalog.table("shop", "since_18_notes").unwrap().constraints["fk_period"];
    assert!(key.definition.contains("PERIOD"), "{}", key.definition);
}

#[tokio::test]
async fn lookups() {
    let catalog = everything().await;
    let customers = catalog.table("shop", "customers").unwrap();
    assert_eq!(customers.primary_key(), ["id"]);
    assert_eq!(customers.unique_keys(), [vec!["id"], vec!["code", "mood"], vec!["email"], vec!["number"]]);
    let mut to: Vec<_> = catalog.foreign_keys_to("shop", "customers").map(|key| key.table.name.name.as_str()).collect();
    to.dedup();
    assert_eq!(to, ["events", "events_2026_01", "events_2026_02", "events_2026_02_a", "events_rest", "orders"]);
    assert_eq!(catalog.nearest_relation("shop", "customer"), Some("customers"));
    assert!(catalog.relation("shop", "live_customers").unwrap().table().is_none());
}
