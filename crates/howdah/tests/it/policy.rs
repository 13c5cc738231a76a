//! `howdah policy`: policies from tags, and expectations that hold or do not.

use super::support::Project;

#[test]
fn the_templates_expectations_hold() {
    for template in ["personal", "content", "commerce", "empty"] {
        let project = Project::init(template);
        project.run(["db", "start", "--quiet"]).ok();
        project.run(["migrate", "up", "--quiet"]).ok();
        if template == "commerce" {
            // What the documentation shows is an example of this template.
            let page = include_str!("../../../../docs/roles-and-policies.md");
            let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
            project.write("tests/policies/documented.toml", example);
        }
        let ran = project.run(["policy", "test", "--json"]);
        let document = ran.json();
        let expectations = document["data"]["expectations"].as_array().unwrap();
        let wrong: Vec<_> = expectations.iter().filter(|it| it["holds"] == false).collect();
        assert!(wrong.is_empty(), "{template}: {wrong:#?}");
        assert_eq!((ran.code, &document["data"]["failed"]), (0, &0.into()));
        assert!(expectations.len() >= 12, "{template}: {}", expectations.len());
        // Everything was taken back.
        assert_eq!(project.sql("select count(*) from auth.users"), "0", "{template}");
        if template == "personal" {
            let coverage = project.run(["policy", "test", "--coverage"]);
            assert_eq!(coverage.code, 3, "{coverage:#?}");
            assert!(coverage.stdout.contains("public.media: no expectation"), "{coverage:#?}");
            assert!(!coverage.stdout.contains("public.notes:"), "{coverage:#?}");
        }
    }
}

const LEAKY: &str = "create table public.notes (
  id uuid primary key default gen_random_uuid(), user_id uuid not null, title text not null check (title <> '')
);
comment on table public.notes is 'Notes. @owner user_id';
alter table public.notes enable row level security;
create policy all_read on public.notes for select to authenticated using (true);
create policy own_write on public.notes for all to authenticated using (user_id = (select auth.uid()));
grant select, insert, update on public.notes to authenticated;
";

const EXPECTED: &str = r#"setup = """
insert into public.notes (user_id, title) values
  ('a0000000-0000-4000-8000-00000000000a', 'Mine'), ('b0000000-0000-4000-8000-00000000000b', 'Theirs');
"""
[users]
ada = "a0000000-0000-4000-8000-00000000000a"
ben = "b0000000-0000-4000-8000-00000000000b"

[[expect]]
as = "ada"
on = "public.notes"
where = "user_id = {ben}"
may_not = ["select", "update", "delete"]

[[expect]]
as = "ada"
on = "public.notes"
where = "{owner} = {ada}"
may = ["update", "delete"]

[[expect]]
name = "nobody writes for others"
as = "ada"
on = "public.notes"
row = { user_id = "{ben}", title = "x" }
may_not = "insert"

[[expect]]
as = "ada"
on = "public.notes"
row = { user_id = "{ada}", title = "" }
may_not = "insert"

[[expect]]
as = "ada"
on = "public.notes"
where = "title = 'Nobody has this'"
may_not = "update"

[[expect]]
as = "ada"
run = "select title from public.notes where user_id = (select auth.uid())"
rows = [["Theirs"]]

[[expect]]
as = "anon"
run = "select 1 from public.notes"
rows = 1

[[expect]]
as = "ada"
run = "select 1 from public.notes"
error = "42501"
"#;

#[test]
fn what_does_not_hold_is_named_with_its_place() {
    let project = Project::init("empty");
    project.run(["db", "start", "--quiet"]).ok();
    project.write("schema/50_notes.sql", LEAKY);
    project.run(["generate", "add_notes", "--quiet"]).ok();
    project.run(["migrate", "up", "--quiet"]).ok();
    project.write("tests/policies/notes.toml", EXPECTED);
    let ran = project.run(["policy", "test", "tests/policies/notes.toml"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    insta::assert_snapshot!("what_does_not_hold", ran.stdout);
    assert!(ran.stderr.contains("of 11 expectations do not hold"), "{ran:#?}");
    assert_eq!(project.sql("select count(*) from public.notes"), "0");

    for (text, exit, error, said) in [
        ("[[expect]]\nas = 'anon'\non = 'public.note'\nmay = 'select'\n", 1, "policy-test-table", "public.notes"),
        ("[[expect]]\nas = 'anno'\non = 'public.notes'\nmay = 'select'\n", 1, "policy-test-who", "`anon`"),
        (
            "setup = 'select nonsense'\n[[expect]]\nas = 'anon'\non = 'public.notes'\nmay = 'select'\n",
            1,
            "policy-test-setup",
            "nonsense",
        ),
        (
            "[users]\nada = 'nobody@example.com'\n[[expect]]\nas = 'ada'\non = 'public.notes'\nmay = 'select'\n",
            2,
            "policy-test-user",
            "0 accounts",
        ),
        ("[[expect]]\nas = 'anon'\nin = 'public.notes'\n", 2, "policy-test-unknown", "notes.toml:3"),
        ("", 2, "policy-test-empty", "--help"),
    ] {
        project.write("tests/policies/notes.toml", text);
        project.run(["policy", "test", "tests/policies/notes.toml"]).failed(exit, error, &[said]);
    }
    let misspelled = "[users]\nada = 'a0000000-0000-4000-8000-00000000000a'\n[[expect]]\nas = 'ada'\non = 'public.notes'\n\
                      where = 'user_id = {adda}'\nmay = 'select'\n";
    project.write("tests/policies/notes.toml", misspelled);
    let ran = project.run(["policy", "test", "tests/policies/notes.toml"]);
    assert!(ran.code == 3 && ran.stdout.contains("{adda} stands for nothing here; did you mean {ada}?"), "{ran:#?}");
    project.run(["policy", "test", "no/such"]).failed(2, "policy-test-not-found", &["no/such"]);
}

#[test]
fn policies_are_written_for_what_people_own() {
    let project = Project::init("empty");
    project.run(["db", "start", "--quiet"]).ok();
    let notes = "create table public.notes (
          id uuid primary key, user_id uuid not null references auth.users (id) on delete cascade, title text, deleted_at timestamptz
        );
        comment on table public.notes is 'Notes. @owner user_id';
        create table public.pages (
          id uuid primary key, note_id uuid not null references public.notes (id) on delete cascade
        );
        create table public.words (word text primary key);
        create table public.numbers (id uuid primary key, owner bigint);
        comment on table public.numbers is 'Numbers. @owner owner';
        grant select, insert, update, delete on public.notes, public.pages to authenticated, service_role;";
    project.write("schema/50_notes.sql", notes);
    let ran = project.run(["policy", "generate", "--json"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    let document = ran.json();
    assert_eq!(document["data"]["tables"], serde_json::json!(["public.notes", "public.pages"]), "{document}");
    assert_eq!(document["data"]["skipped"][0]["table"], "public.numbers");
    let sql = std::fs::read_to_string(project.root.join("schema/70_policies.sql")).unwrap();
    assert!(sql.contains("note_id in (select id from public.notes where user_id = (select auth.uid()))"), "{sql}");
    project.run(["generate", "add_notes", "--quiet"]).ok();
    project.run(["migrate", "up", "--quiet"]).ok();
    let expected = r#"setup = """
insert into auth.users (id, email) values ('a0000000-0000-4000-8000-00000000000a', 'ada@example.com'),
  ('b0000000-0000-4000-8000-00000000000b', 'ben@example.com');
insert into public.notes (id, user_id) values ('a0000000-0000-4000-8000-0000000000aa', 'a0000000-0000-4000-8000-00000000000a'),
  ('b0000000-0000-4000-8000-0000000000bb', 'b0000000-0000-4000-8000-00000000000b');
insert into public.pages (id, note_id) select gen_random_uuid(), id from public.notes;
"""
[users]
ada = "ada@example.com"
[[expect]]
as = "ada"
on = ["public.notes", "public.pages"]
may = ["select", "update", "delete"]
[[expect]]
as = "ada"
run = "select count(*) from public.notes natural full join (select note_id as id from public.pages) as p"
rows = [[1]]
[[expect]]
name = "a page under somebody else's note"
as = "ada"
on = "public.pages"
row = { id = "c0000000-0000-4000-8000-0000000000cc", note_id = "b0000000-0000-4000-8000-0000000000bb" }
may_not = "insert"
[[expect]]
name = "to the trash it goes"
as = "ada"
run = "select set_config('howdah.trash', 'with', true); update public.notes set deleted_at = now()"
rows = 1
"#;
    project.write("tests/policies/notes.toml", expected);
    project.run(["policy", "test", "tests/policies/notes.toml"]).ok();
    // What has policies is left alone.
    let ran = project.run(["policy", "generate", "--from", "schema", "--output", "-"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{ran:#?}");
    project.run(["policy", "generate", "public.note"]).failed(2, "table-unknown", &["public.notes"]);
}
