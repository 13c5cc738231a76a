//! What is asked of tables, in three languages.

use super::{Candidate, common, specimen};
use crate::catalog::{
    Catalog, DataType, Grant, IndexKey, IndexTarget, Relation, Trigger, TriggerEnabled, TriggerLevel, TriggerTiming,
    TypeKind,
};
use crate::testing::{TestTable, base_type, catalog, qualified, table};
use std::fmt::Write as _;

/// A table that somebody may use over HTTP.
fn open(table: TestTable) -> TestTable {
    table.with(|table| {
        for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
            table.acl.grants.push(Grant {
                grantee: "app".to_owned(),
                privilege: privilege.to_owned(),
                grantor: "owner".to_owned(),
                grantable: false,
            });
        }
    })
}

fn made(catalog: &Catalog, name: &str) -> Vec<Candidate> {
    let table = catalog.tables.get(&qualified(name)).unwrap();
    common(catalog, Relation::Table(table), &["public".to_owned(), "extra".to_owned()])
}

/// All that is shown of a table's queries.
fn shown(catalog: &Catalog, name: &str) -> String {
    let mut text = String::new();
    for Candidate { query, writes, reads_all, .. } in made(catalog, name) {
        let kind = match (writes, reads_all) {
            (true, _) => " (writes)",
            (_, true) => " (reads all)",
            _ => "",
        };
        let _ = writeln!(text, "# {}{kind}", query.title);
        let _ = writeln!(text, "{}", query.sql);
        let _ = writeln!(text, "-- {} · {}", query.parameters.join(", "), query.served_by.as_deref().unwrap_or("–"));
        for sample in [query.rest, query.typescript].into_iter().flatten() {
            let _ = writeln!(text, "{sample}");
        }
        text.push('\n');
    }
    text
}

#[track_caller]
fn find(candidates: &[Candidate], title: &str) -> Candidate {
    let titles: Vec<&str> = candidates.iter().map(|candidate| candidate.query.title.as_str()).collect();
    let found = candidates.iter().find(|candidate| candidate.query.title == title);
    found.unwrap_or_else(|| panic!("{title:?} is not among {titles:#?}")).clone()
}

fn lists() -> Catalog {
    let lists = table("lists").column("id", "uuid", "").column("name", "text not null", "").primary_key(&["id"]);
    let tasks = table("tasks")
        .comment("@version row_version")
        .column("id", "uuid not null", "")
        .column("list_id", "uuid not null", "")
        .column("title", "text not null", "")
        .column("status", "text not null", "")
        .column("tags", "text[]", "")
        .column("row_version", "bigint not null", "")
        .column("created_at", "timestamp with time zone not null", "")
        .column("deleted_at", "timestamp with time zone", "")
        .primary_key(&["id"])
        .unique("tasks_title_key", &["list_id", "title"])
        .foreign_key("fk_tasks_list", &["list_id"], "lists", &["id"])
        .check("chk_status", &["status"], "(status = ANY (ARRAY['open'::text, 'done'::text]))")
        .index("idx_tasks_list_id_created_at", &["list_id", "created_at"], "(deleted_at IS NULL)")
        .index("idx_tasks_deleted_at", &["deleted_at"], "(deleted_at IS NOT NULL)")
        .index("idx_tasks_open", &["list_id", "title"], "((status = 'open'::text) AND (deleted_at IS NULL))")
        .with(|table| {
            for name in ["id", "row_version", "created_at", "status"] {
                let column = table.columns.iter_mut().find(|column| column.name == name).unwrap();
                column.default = Some(if name == "id" { "gen_random_uuid()" } else { "1" }.to_owned());
            }
        });
    catalog([open(lists), open(tasks)])
}

#[test]
fn a_table_with_everything_common() {
    let text = shown(&lists(), "tasks");
    let has = |wanted: &str| assert!(text.contains(wanted), "{wanted}\n is not in\n{text}");
    has(
        "# One row by its key\nselect *\nfrom public.tasks\nwhere id = $1\n  and deleted_at is null;\n-- id uuid · tasks_pkey\n\
         GET /rest/v1/tasks?id=eq.{id}\nconst { data, error } = await supabase\n  .from('tasks')\n  .select()\n  .eq('id', id)\n  \
         .maybeSingle();\n",
    );
    has("# One row by list_id and title\n");
    has(
        "# Rows of one list, latest created_at first, the next page\nselect *\nfrom public.tasks\nwhere list_id = $1\n  and \
         deleted_at is null\n  and (created_at, id) < ($2, $3)\norder by created_at desc, id desc\nlimit 50;\n\
         -- list_id uuid, created_at timestamp with time zone, id uuid · idx_tasks_list_id_created_at\n\
         GET /rest/v1/tasks?list_id=eq.{list_id}&or=(created_at.lt.{created_at},and(created_at.eq.{created_at},id.lt.{id}))\
         &order=created_at.desc,id.desc&limit=50\n",
    );
    has("  .or(`created_at.lt.${created_at},and(created_at.eq.${created_at},id.lt.${id})`)\n");
    has(
        "# What is in the trash, from one deleted_at to another, latest deleted_at first\nselect *\nfrom public.tasks\nwhere \
         deleted_at >= $1\n  and deleted_at < $2\norder by",
    );
    has(
        "# How many rows of each status (reads all)\nselect status, count(*)\nfrom public.tasks\nwhere deleted_at is null\n\
         group by status\norder by status;\n",
    );
    has("HEAD /rest/v1/tasks?status=eq.{status}\nPrefer: count=exact\n");
    has(
        "# A new row, with what it has to have (writes)\ninsert into public.tasks (list_id, title)\nvalues ($1, $2)\nreturning *;\n",
    );
    has("POST /rest/v1/tasks\nPrefer: return=representation\nContent-Type: application/json\n\n\
         {\"list_id\": \"{list_id}\", \"title\": \"{title}\"}\n");
    has("on conflict (list_id, title) do update set status = excluded.status\nreturning *;\n");
    // Nothing counts the version on, so the statement does, and the API cannot.
    has(
        "# Change a row, unless somebody else has changed it since it was read (writes)\nupdate public.tasks\nset title = $1, \
         row_version = row_version + 1\nwhere id = $2\n  and row_version = $3\n  and deleted_at is null\nreturning *;\n\
         -- title text, id uuid, row_version bigint · tasks_pkey\n\n",
    );
    has("update public.tasks\nset deleted_at = now()\nwhere id = $1\n");
    has("status = 'open'::text");
    let parent = shown(&lists(), "lists");
    assert!(parent.contains("# A row with its tasks\nselect p.*, (\n"), "{parent}");
    assert!(parent.contains("where c.list_id = p.id\n    and c.deleted_at is null\n) as tasks\n"), "{parent}");
    assert!(parent.contains("· idx_tasks_list_id_created_at"), "{parent}");
    assert!(parent.contains("delete from public.lists\nwhere id = $1\nreturning *;"), "{parent}");
}

#[test]
fn a_version_that_a_trigger_counts_is_asked_for_over_http_too() {
    let mut catalog = lists();
    let trigger = Trigger {
        name: "touch".to_owned(),
        timing: TriggerTiming::Before,
        level: TriggerLevel::Row,
        on_insert: false,
        on_update: true,
        on_delete: false,
        on_truncate: false,
        update_columns: Vec::new(),
        function: qualified("touch"),
        constraint: false,
        enabled: TriggerEnabled::Origin,
        inherited: false,
        definition: String::new(),
        comment: crate::catalog::Comment::default(),
    };
    catalog.tables.get_mut(&qualified("tasks")).unwrap().triggers.insert("touch".to_owned(), trigger);
    let text = shown(&catalog, "tasks");
    assert!(text.contains("PATCH /rest/v1/tasks?id=eq.{id}&row_version=eq.{row_version}\n"), "{text}");
    assert!(text.contains("set title = $1\nwhere"), "{text}");
}

#[test]
fn names_that_are_no_plain_words() {
    let odd = "Odd \"n'a`m${e}, (x)";
    let weird = table("weird ta/ble?")
        .column(odd, "uuid not null", "")
        .column("select", "text", "")
        .column("data", "jsonb not null", "")
        .primary_key(&[odd])
        .index("i", &["select"], "");
    let catalog = catalog([open(weird)]);
    let found = made(&catalog, "weird ta/ble?");
    let one = find(&found, "One row by its key").query;
    assert_eq!(one.sql, "select *\nfrom public.\"weird ta/ble?\"\nwhere \"Odd \"\"n'a`m${e}, (x)\" = $1;");
    assert_eq!(
        one.rest.unwrap(),
        "GET /rest/v1/weird%20ta%2Fble%3F?%22Odd%20%5C%22n%27a%60m%24%7Be%7D,%20(x)%22=eq.{value1}"
    );
    // The client does not encode what it puts into the path.
    assert_eq!(one.typescript, None);
}

#[test]
fn names_that_are_no_plain_words_in_typescript() {
    let odd = "Odd \"n'a`m${e}";
    let weird = table("weird table")
        .column(odd, "text not null", "")
        .column("select", "text", "")
        .column("data", "jsonb not null", "")
        .primary_key(&[odd])
        .index("i", &["select"], "");
    let catalog = catalog([open(weird)]);
    let found = made(&catalog, "weird table");
    let page = find(&found, "A page of all rows, the next page").query.typescript.unwrap();
    assert!(page.contains(".from('weird table')"), "{page}");
    assert!(page.contains(r#".gt('"Odd \\"n\'a`m${e}"', value1)"#), "{page}");
    let by = find(&found, "By select").query;
    assert_eq!(by.parameters, ["select text"]);
    assert!(by.rest.unwrap().contains("?%22select%22=eq.{select}"));
    let insert = find(&found, "A new row, with what it has to have").query;
    assert!(insert.typescript.unwrap().contains(r#".insert({ 'Odd "n\'a`m${e}': value1, data: dataValue })"#));
    assert!(insert.rest.unwrap().ends_with(r#"{"Odd \"n'a`m${e}": "{value1}", "data": {dataValue}}"#));
}

#[test]
fn values_are_put_into_requests_encoded() {
    let found = made(&lists(), "tasks");
    let one = find(&found, "One row by list_id and title");
    let target = one.request.unwrap().target(&[Some("1".to_owned()), Some("a&b=c, \"d\" é".to_owned())]).unwrap();
    assert_eq!(target, "/rest/v1/tasks?list_id=eq.1&title=eq.a%26b%3Dc,%20%22d%22%20%C3%A9");
    let page = find(&found, "Rows of one list, latest created_at first, the next page");
    assert_eq!(page.request.unwrap().target(&[Some("1".to_owned()), None, None]), None);
}

#[test]
fn other_schemas_are_named_and_closed_ones_are_not_asked() {
    let of = |name: &str| table(name).column("id", "integer not null", "").primary_key(&["id"]);
    let catalog = catalog([open(of("extra.things")), open(of("inner.things")), of("extra.closed")]);
    let named = find(&made(&catalog, "extra.things"), "One row by its key").query;
    assert_eq!(named.rest.unwrap(), "GET /rest/v1/things?id=eq.{id}\nAccept-Profile: extra");
    assert!(named.typescript.unwrap().contains("await supabase\n  .schema('extra')\n  .from('things')"));
    let delete = find(&made(&catalog, "extra.things"), "Delete a row").query;
    assert_eq!(delete.rest.unwrap(), "DELETE /rest/v1/things?id=eq.{id}\nContent-Profile: extra");
    for name in ["inner.things", "extra.closed"] {
        let hidden = made(&catalog, name);
        assert!(hidden.len() >= 4);
        assert!(hidden.iter().all(|one| one.query.rest.is_none() && one.query.typescript.is_none()), "{name}");
    }
}

/// A table with one index over one column.
fn indexed(sql: &str, method: &str, opclass: &str) -> String {
    let tables = table("t").column("id", "integer not null", "").column("c", sql, "").primary_key(&["id"]).index(
        "i",
        &["c"],
        "",
    );
    let tables = tables.with(|table| {
        let index = table.indexes.get_mut("i").unwrap();
        index.method = method.to_owned();
        index.keys[0].opclass = (!opclass.is_empty()).then(|| qualified(&format!("public.{opclass}")));
    });
    shown(&catalog([open(tables)]), "t")
}

#[test]
fn what_indexes_are_there_for() {
    let check = |sql: &str, method: &str, opclass: &str, condition: &str, rest: &str, typescript: &str| {
        let text = indexed(sql, method, opclass);
        for wanted in [format!("where {condition}"), format!("/t?c={rest}&"), format!("  .{typescript}\n")] {
            assert!(text.contains(&wanted), "{wanted}\n is not in\n{text}");
        }
        assert!(text.contains(" · i\n"), "{text}");
    };
    check(
        "tsvector",
        "gin",
        "",
        "c @@ websearch_to_tsquery($1)",
        "wfts.{query}",
        "textSearch('c', query, { type: 'websearch' })",
    );
    check("text[]", "gin", "", "c @> $1", "cs.{c}", "contains('c', c)");
    check("jsonb", "gin", "jsonb_path_ops", "c @> $1", "cs.{c}", "contains('c', JSON.stringify(c))");
    check("text", "gin", "gin_trgm_ops", "c ilike '%' || $1 || '%'", "ilike.*{c}*", "ilike('c', `%${c}%`)");
    check("tstzrange", "gist", "", "c && $1", "ov.{c}", "overlaps('c', c)");
    check("text", "btree", "text_pattern_ops", "c like $1 || '%'", "like.{c}*", "like('c', `${c}%`)");
    check("timestamp with time zone", "brin", "", "c >= $1\n  and c < $2", "gte.{c_from}", "gte('c', c_from)");
    check("text", "hash", "", "c = $1", "eq.{c}", "eq('c', c)");
}

#[test]
fn specimens_are_of_the_type_under_a_domain_and_meet_what_the_checks_say() {
    let catalog = lists();
    let tasks = &catalog.tables[&qualified("tasks")];
    let row = specimen::row(&catalog, Relation::Table(tasks));
    assert!(
        row.starts_with("(select (gen_random_uuid())::uuid as id, (gen_random_uuid())::uuid as list_id, "),
        "{row}"
    );
    assert!(row.contains("(array['example'::text])::text[] as tags, (1)::bigint as row_version"), "{row}");
    let new = specimen::new_row(&catalog, tasks, &["list_id", "status"], None);
    // What the foreign key points at, what the CHECK names, and what no other row has.
    assert!(new.contains("(select id as list_id from public.lists limit 20)"), "{new}");
    assert!(new.contains("(('open'::text)::text), (('done'::text)::text)"), "{new}");
    assert!(new.contains("coalesce(((status = ANY (ARRAY['open'::text, 'done'::text]))), true)"), "{new}");
    assert!(
        new.contains("not exists (select from public.tasks as u where u.list_id = candidate.list_id and u.title"),
        "{new}"
    );
    let changed = specimen::new_row(&catalog, tasks, &["status"], Some("(0,1)"));
    assert!(changed.contains("from public.tasks where ctid = '(0,1)') as kept"), "{changed}");
    let lists = &catalog.tables[&qualified("lists")];
    let free = specimen::unreferenced(&catalog, lists);
    assert!(free.contains("not exists (select from public.tasks as c where c.list_id = t.id)"), "{free}");
}

#[test]
fn an_expression_is_asked_for_in_sql_alone() {
    let catalog =
        catalog([open(table("t").column("email", "text not null", "").index("i", &["email"], "").with(|table| {
            let index = table.indexes.get_mut("i").unwrap();
            index.unique = true;
            index.keys = vec![IndexKey {
                target: IndexTarget::Expression("lower(email)".to_owned()),
                opclass: None,
                collation: None,
                descending: false,
                nulls_first: false,
            }];
        }))]);
    let one = find(&made(&catalog, "t"), "One row by lower_email").query;
    assert_eq!(one.sql, "select *\nfrom public.t\nwhere lower(email) = $1;");
    assert_eq!((one.rest, one.typescript, one.parameters), (None, None, vec!["lower_email".to_owned()]));
}

#[test]
fn nothing_is_asked_of_partitions_and_of_what_has_no_columns() {
    let part = table("part").column("id", "integer", "").with(|table| {
        table.partition_of =
            Some(crate::catalog::PartitionOf { parent: qualified("whole"), bounds: "DEFAULT".to_owned() });
    });
    let catalog = catalog([part, table("bare")]);
    assert!(made(&catalog, "part").is_empty());
    assert!(made(&catalog, "bare").is_empty());
}

#[test]
fn enums_and_cycles() {
    let state = DataType {
        sql: "public.state".to_owned(),
        name: qualified("state"),
        kind: TypeKind::Enum,
        ..base_type("text")
    };
    let of = |name: &str, other: &str| {
        table(name)
            .column("id", "bigint not null", "")
            .column("other_id", "bigint", "")
            .column_with("state", state.clone(), |column| column.not_null = true)
            .primary_key(&["id"])
            .foreign_key("fk", &["other_id"], other, &["id"])
    };
    let catalog = catalog([open(of("eggs", "hens")), open(of("hens", "eggs"))]);
    let eggs = made(&catalog, "eggs");
    find(&eggs, "How many rows of one state");
    find(&eggs, "A row with its hens (other_id)");
    let rows = find(&eggs, "Rows of one hen (other_id), the next page");
    assert_eq!(rows.query.served_by, None);
}
