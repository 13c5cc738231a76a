//! `howdah role`: what it shows, and that what it writes becomes part of the database.

use serde_json::Value;

use super::support::{Project, folder, howdah, run};

fn names(document: &Value, list: &str, key: &str) -> Vec<String> {
    let all = document["data"][list].as_array().unwrap();
    all.iter().map(|it| it[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn roles_are_listed_and_shown() {
    let project = Project::init("content");
    project.run(["db", "start", "--quiet"]).ok();
    project.run(["migrate", "up", "--quiet"]).ok();
    let list = project.run(["role", "list", "--json"]).ok().json();
    assert_eq!(list["schema"], "howdah.role.list/1");
    let roles = names(&list, "roles", "name");
    for role in ["anon", "authenticated", "howdah_login", "howdah_readonly", "service_role"] {
        assert!(roles.iter().any(|name| name == role), "{role} is not in {roles:?}");
    }
    let of = |name: &str| {
        list["data"]["roles"].as_array().unwrap().iter().find(|role| role["name"] == name).unwrap().clone()
    };
    let readonly = of("howdah_readonly");
    assert_eq!(
        (&readonly["bypass_rls"], &readonly["login"], &readonly["writes"]),
        (&false.into(), &false.into(), &0.into())
    );
    assert!(readonly["reads"].as_u64().unwrap() >= 6, "{readonly}");
    assert!(of("howdah_login")["member_of"].as_array().unwrap().contains(&"anon".into()));
    assert_eq!(of("howdah_login")["reads"], 0);
    // Whoever is at the top of the server reads all of it.
    let text = project.run(["role", "list"]).ok().stdout;
    assert!(text.lines().any(|line| line.contains("superuser: not bound")), "{text}");

    let show = project.run(["role", "show", "howdah_readonly", "--json"]).ok().json();
    assert_eq!(show["schema"], "howdah.role.show/1");
    let posts =
        show["data"]["relations"].as_array().unwrap().iter().find(|it| it["relation"] == "public.posts").unwrap();
    assert_eq!(
        (&posts["access"]["select"]["granted"], &posts["access"]["update"]["granted"]),
        (&true.into(), &false.into())
    );
    assert!(posts["access"]["select"]["columns"].as_array().unwrap().contains(&"title".into()), "{posts}");
    assert_eq!(posts["policies"][0]["name"], "readonly_reads_live");
    let text = project.run(["role", "show", "anon", "--table", "public.posts"]).ok();
    assert_eq!(text.stdout.lines().count(), 1, "{text:#?}");
    assert!(text.stdout.starts_with("public.posts\tforced\t"), "{text:#?}");
    assert!(text.stderr.contains("Policies:"), "{text:#?}");
    project.run(["role", "show", "anonn"]).failed(2, "role-unknown", &["did you mean `anon`?"]);
}

#[test]
fn a_role_goes_through_the_migrations() {
    let project = Project::init("content");
    project.run(["db", "start", "--quiet"]).ok();
    let kinds =
        [("readonly", "it_analysts"), ("app", "it_shop_server"), ("service", "it_worker"), ("api", "it_editor")];
    for (kind, name) in kinds {
        let ran = project.run(["role", "create", kind, "--name", name]).ok();
        assert_eq!(ran.stdout, format!("schema/80_role_{name}.sql\n"), "{ran:#?}");
    }
    // The same again is the same file; another kind is another role.
    project.run(["role", "create", "api", "--name", "it_editor"]).ok();
    project.run(["role", "create", "app", "--name", "it_editor"]).failed(1, "output-exists", &["--output"]);
    project.run(["role", "create", "api", "--name", "anon", "--output", "-"]).failed(2, "role-exists", &["anon"]);
    for name in ["pg_x", "howdah_owner", "none"] {
        project.run(["role", "create", "api", "--name", name]).failed(2, "role-reserved", &["another name"]);
    }
    let looked = project.run(["role", "create", "api", "--name", "it_looked", "--dry-run"]).ok();
    assert!(looked.stdout.contains("create role it_looked"), "{looked:#?}");
    assert!(!project.root.join("schema/80_role_it_looked.sql").exists());
    project.run(["lint"]).ok();
    project.run(["generate", "add_roles", "--quiet"]).ok();
    project.run(["migrate", "up", "--quiet"]).ok();
    let list = project.run(["role", "list", "--json"]).ok().json();
    for (_, name) in kinds {
        assert!(names(&list, "roles", "name").iter().any(|role| role == name), "{name}");
    }
    let can =
        |role: &str, other: &str, how: &str| project.sql(&format!("select pg_has_role('{role}', '{other}', '{how}')"));
    assert_eq!(can("it_analysts", "howdah_readonly", "usage"), "t");
    assert_eq!(
        (can("it_shop_server", "authenticated", "member"), can("it_shop_server", "authenticated", "usage")),
        ("t".into(), "f".into())
    );
    assert_eq!(can("it_worker", "service_role", "usage"), "t");
    project.run(["check"]).ok();
    for (_, name) in kinds {
        project.sql(&format!("drop owned by {name}; drop role {name}"));
    }
}

#[test]
fn masks_follow_the_tags() {
    let project = Project::init("content");
    project.run(["db", "start", "--quiet"]).ok();
    // The template brings what its tags ask for.
    let read = || std::fs::read_to_string(project.root.join("schema/90_masks.sql")).unwrap();
    let file = read();
    project.run(["role", "masks", "--check"]).ok();
    std::fs::remove_file(project.root.join("schema/90_masks.sql")).unwrap();
    assert_eq!(project.run(["role", "masks", "--dry-run"]).ok().stdout, file);
    assert!(!project.root.join("schema/90_masks.sql").exists());
    let written = project.run(["role", "masks"]).ok();
    assert_eq!((written.stdout.as_str(), &read()), ("schema/90_masks.sql\n", &file));
    assert!(file.contains("create view public_masked.authors with (security_barrier)"), "{file}");
    // Written once, it is what the tags ask for, and passes everything else.
    project.run(["role", "masks", "--check"]).ok();
    project.run(["role", "masks"]).ok();
    assert_eq!(std::fs::read_to_string(project.root.join("schema/90_masks.sql")).unwrap(), file);
    let lint = project.run(["lint"]);
    assert_eq!((lint.code, lint.stdout.as_str()), (0, ""), "{lint:#?}");
    project.run(["advise"]).ok();
    assert_eq!(project.run(["generate", "add_masks", "--quiet"]).ok().stdout, "");
    project.run(["migrate", "up", "--quiet"]).ok();
    project.run(["check"]).ok();
    let key = project.run(["role", "masks", "--make-key", "--dry-run"]).ok();
    assert!(key.stdout.contains("public_masked.hash_keys: to be added"), "{key:#?}");
    let key = project.run(["role", "masks", "--make-key"]).ok();
    assert!(key.stdout.contains("public_masked.hash_keys: added"), "{key:#?}");
    assert!(project.run(["role", "masks", "--make-key"]).ok().stdout.contains("there already"));
    let show = project.run(["role", "show", "howdah_readonly", "--table", "public_masked.*", "--json"]).ok().json();
    let authors = show["data"]["relations"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["relation"] == "public_masked.authors")
        .unwrap();
    assert_eq!(authors["masked"]["slug"], "hash");
    // A tag that changes leaves the file behind, and both lint and --check say so.
    let authors = std::fs::read_to_string(project.root.join("schema/20_authors.sql")).unwrap();
    let changed = authors.replace("@pii name @mask hash", "@pii name @mask null");
    assert_ne!(authors, changed);
    project.write("schema/20_authors.sql", &changed);
    let check = project.run(["role", "masks", "--check"]);
    assert_eq!(check.code, 3, "{check:#?}");
    let lint = project.run(["lint"]);
    assert_eq!(lint.code, 3, "{lint:#?}");
    assert!(lint.stdout.contains("error[mask-mismatch]"), "{lint:#?}");
    // A column that goes takes the file along, and what to do is said.
    project.write("schema/24_less.sql", "alter table public.authors drop column display_name;\n");
    project.run(["generate", "less"]).failed(1, "sql-refused", &["90_masks.sql", "howdah role masks"]);
    project.run(["role", "masks"]).ok();
    project.run(["generate", "less", "--allow-destructive", "--quiet"]).ok();
    project.run(["role", "masks", "--role", "nobody"]).failed(2, "role-unknown", &["nobody"]);
}

#[test]
fn outside_of_a_project_it_says_what_to_name() {
    let folder = folder();
    let ran = run(howdah(folder.path()).args(["role", "masks"]));
    ran.failed(2, "output-not-named", &["--output"]);
    let ran = run(howdah(folder.path()).args(["role", "masks", "--output", "-"]));
    ran.failed(2, "source-not-named", &["--from"]);
}
