//! What a catalog says of the kinds of objects that most databases have none of.

use super::everything;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{
    AggregateKind, AggregateModify, CastContext, CastMethod, CollationProvider, PUBLIC, PublishedTable, Signature,
    TriggerEnabled,
};

/// A name in the schema that most is in.
fn shop(name: &str) -> QualifiedName {
    QualifiedName::new("shop", name)
}

#[tokio::test]
async fn aggregates() {
    let catalog = everything().await;
    let aggregate = |name: &str, arguments: &str| {
        let signature = Signature { name: shop(name), arguments: arguments.to_owned() };
        catalog.aggregates.get(&signature).unwrap_or_else(|| panic!("{:?}", catalog.aggregates.keys()))
    };
    let total = aggregate("total", "integer");
    assert_eq!((total.kind, total.arguments_sql.as_str()), (AggregateKind::Normal, "value integer"));
    assert_eq!((total.state_function.to_string(), total.state_type.sql.as_str()), ("shop.sum_up".into(), "bigint"));
    assert_eq!((total.state_space, total.initial_value.as_deref()), (64, Some("0")));
    assert_eq!(total.final_function.as_ref().unwrap().name, "sum_end");
    assert!(total.final_extra && total.final_modify == AggregateModify::Shareable);
    assert_eq!(total.combine_function.as_ref().unwrap().to_string(), "pg_catalog.int8pl");
    let moving = total.moving.as_ref().unwrap();
    assert_eq!((moving.inverse_function.name.as_str(), moving.state_space), ("sum_down", 32));
    assert!(moving.final_extra && moving.final_modify == AggregateModify::ReadWrite);
    assert_eq!(moving.initial_value.as_deref(), Some("1"));
    assert!(total.comment.text() == "As text." && !total.acl.allows(PUBLIC, "EXECUTE"));

    let counted = aggregate("how_many", "*");
    assert!(counted.arguments_sql == "*" && counted.arguments.is_empty() && counted.moving.is_none());
    assert_eq!(aggregate("least_of", "integer").sort_operator.as_ref().unwrap().to_string(), "pg_catalog.\"<\"");
    let share = aggregate("share", "double precision ORDER BY anyelement");
    assert_eq!((share.kind, share.direct_arguments), (AggregateKind::OrderedSet, 1));
    assert_eq!(share.arguments_sql, "fraction double precision ORDER BY value anyelement");
    assert_eq!(share.final_modify, share.kind.usual_modify());
    let placed = aggregate("placed", "VARIADIC \"any\" ORDER BY VARIADIC \"any\"");
    assert_eq!((placed.kind, placed.comment.text()), (AggregateKind::Hypothetical, "Where it would stand."));
    assert_eq!(placed.signature.arguments, placed.arguments_sql);
}

#[tokio::test]
async fn ranges_collations_and_casts() {
    let catalog = everything().await;
    let span = &catalog.ranges[&shop("span")];
    assert_eq!((span.subtype.sql.as_str(), span.multirange_name.name.as_str()), ("double precision", "spans"));
    assert_eq!(span.subtype_diff.as_ref().unwrap().to_string(), "shop.span_length");
    assert!(span.opclass.is_none() && span.collation.is_none() && span.canonical.is_none());
    assert_eq!(span.comment.text(), "From here to there.");
    let phrases = &catalog.ranges[&shop("phrases")];
    assert_eq!(phrases.opclass.as_ref().unwrap().name, "text_pattern_ops");
    assert_eq!(phrases.collation.as_ref().unwrap().name, "C");
    assert!(catalog.functions.keys().all(|signature| signature.name.name != "span"), "made with the type");

    let german = &catalog.collations[&shop("german")];
    assert_eq!((german.provider, german.locale.as_deref()), (CollationProvider::Icu, Some("de")));
    assert!(!german.deterministic && german.lc_collate.is_none());
    let plain = &catalog.collations[&shop("plain")];
    assert_eq!((plain.lc_collate.as_deref(), plain.lc_ctype.as_deref()), (Some("C"), Some("POSIX")));
    assert!(plain.deterministic && plain.comment.text() == "By bytes." && plain.provider.as_sql() == "libc");

    let casts: Vec<_> = catalog.casts.keys().map(|(from, to)| format!("{from} > {to}")).collect();
    assert_eq!(casts, ["shop.mood > integer", "shop.point3 > json", "shop.point3 > text"]);
    let text = &catalog.casts[&("shop.point3".to_owned(), "text".to_owned())];
    let CastMethod::Function(function) = &text.method else { panic!("{text:?}") };
    assert_eq!(function.to_string(), "shop.point3_text(shop.point3)");
    assert!(text.context == CastContext::Assignment && text.comment.text() == "Its label.");
    let integer = &catalog.casts[&("shop.mood".to_owned(), "integer".to_owned())];
    assert_eq!((&integer.method, integer.context), (&CastMethod::Inout, CastContext::Implicit));
}

#[tokio::test]
async fn operators_and_their_families() {
    let catalog = everything().await;
    let operator = |name: &str, left: &str, right: &str| {
        catalog.operators.get(&(shop(name), left.to_owned(), right.to_owned())).unwrap()
    };
    let near = operator("===", "integer", "integer");
    assert_eq!(near.function.to_string(), "shop.near");
    assert_eq!((&near.commutator, &near.negator), (&Some(shop("===")), &Some(shop("!=="))));
    assert_eq!(near.restrict.as_ref().unwrap().to_string(), "pg_catalog.eqsel");
    assert!(near.join.is_some() && near.hashes && near.merges && near.comment.text() == "About the same.");
    let size = operator("@#", "NONE", "bigint");
    assert!(size.left.is_none() && size.commutator.is_none() && size.comment.text() == "Size.");

    let loose = &catalog.operator_families[&(shop("loose"), "btree".to_owned())];
    let operators: Vec<_> = loose
        .operators
        .iter()
        .map(|member| (member.strategy, member.operator.name.as_str(), member.right.as_str()))
        .collect();
    assert_eq!(operators, [(1, "<", "bigint"), (3, "=", "bigint")]);
    assert_eq!(loose.functions[0].function.to_string(), "pg_catalog.btint48cmp(integer, bigint)");
    assert_eq!(loose.comment.text(), "Of several types.");
    let made = &catalog.operator_families[&(shop("backwards"), "btree".to_owned())];
    assert!(made.operators.is_empty() && made.functions.is_empty(), "they are the class's");

    let backwards = &catalog.operator_classes[&(shop("backwards"), "btree".to_owned())];
    assert_eq!((backwards.data_type.as_str(), &backwards.family), ("integer", &shop("backwards")));
    assert!(!backwards.default && backwards.storage.is_none() && backwards.operators.len() == 5);
    assert_eq!(backwards.operators[0].operator.name, ">");
    assert_eq!(backwards.functions[0].function.to_string(), "shop.order_back(integer, integer)");
    assert_eq!(backwards.comment.text(), "Great ones first.");
    let first = &catalog.operator_classes[&(shop("near_first"), "gist".to_owned())];
    assert_eq!(first.storage.as_deref(), Some("box"));
    // GiST lets go of operators and of what it can do without: those are the family's, as in a dump.
    let family = &catalog.operator_families[&(shop("near_first_family"), "gist".to_owned())];
    let distance = &family.operators[1];
    assert_eq!((distance.operator.name.as_str(), distance.strategy), ("<->", 15));
    assert_eq!(distance.order_by.as_ref().unwrap().name, "float_ops");
}

#[tokio::test]
async fn text_search_and_statistics() {
    let catalog = everything().await;
    let stems = &catalog.text_search_dictionaries[&shop("stems")];
    assert_eq!(stems.template.to_string(), "pg_catalog.snowball");
    assert_eq!(stems.options.as_deref(), Some("language = 'german', stopwords = 'german'"));
    let prose = &catalog.text_search_configurations[&shop("prose")];
    assert_eq!(prose.parser.name, "default");
    let of = |token: &str| prose.mappings[token].iter().map(|found| found.name.as_str()).collect::<Vec<_>>();
    assert_eq!((of("word"), of("email"), prose.mappings.len()), (vec!["stems", "simple"], vec!["simple"], 3));
    assert_eq!((stems.comment.text(), prose.comment.text()), ("For what people write.", "For posts."));

    let both = &catalog.statistics[&shop("both")];
    assert_eq!((both.table.to_string(), both.target), ("shop.customers".into(), Some(200)));
    assert_eq!(both.kinds, ["dependencies", "mcv", "ndistinct"]);
    assert_eq!((&both.columns[..], both.expressions.len()), (&["mood".to_owned(), "code".to_owned()][..], 0));
    assert_eq!(both.comment.text(), "They go together.");
    let lower = &catalog.statistics[&shop("lower_names")];
    assert_eq!((lower.kinds.join(" "), lower.expressions.join(" ")), ("mcv".into(), "lower(name)".into()));
    assert_eq!(
        lower.definition,
        "CREATE STATISTICS shop.lower_names (mcv) ON born_on, lower(name) FROM shop.customers"
    );
}

#[tokio::test]
async fn publications_and_event_triggers() {
    let catalog = everything().await;
    let all = &catalog.publications["everything"];
    assert!(all.all_tables && all.insert && !all.update && all.delete && !all.truncate && all.via_root);
    let shown = &catalog.publications["shown"];
    assert!(
        shown.update && !shown.all_tables && !shown.generated_columns && shown.comment.text() == "For the shop window."
    );
    let since_15 = catalog.postgres_major >= 15;
    let customers = PublishedTable {
        columns: since_15.then(|| vec!["id".to_owned(), "name".to_owned()]),
        filter: since_15.then(|| "(deleted_at IS NULL)".to_owned()),
    };
    assert_eq!((&shown.tables[&shop("customers")], shown.tables.len()), (&customers, 2));
    assert_eq!(shown.tables[&shop("base")], PublishedTable::default());
    if since_15 {
        let schemas = &catalog.publications["whole_schemas"].schemas;
        assert_eq!(schemas.iter().collect::<Vec<_>>(), ["Odd schema", "shop"]);
    }

    let watch = &catalog.event_triggers["watch"];
    assert_eq!(
        (watch.event.as_str(), &watch.tags[..]),
        ("ddl_command_end", &["DROP TABLE".into(), "CREATE TABLE".into()][..])
    );
    assert_eq!((watch.function.to_string(), watch.comment.text()), ("shop.on_ddl".into(), "Who did it."));
    let all = &catalog.event_triggers["watch_all"];
    assert!(all.tags.is_empty() && all.enabled == TriggerEnabled::Disabled);
}
