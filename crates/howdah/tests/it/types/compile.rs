//! TypeScript compiles it, strictly; Zod's types are the same; supabase-js takes it.

use std::fmt::Write as _;

use super::{Subject, compile, workspace};

#[test]
fn what_is_written_compiles() {
    let subjects = Subject::all();
    let folder = workspace(&subjects);
    for subject in &subjects {
        let name = subject.name;
        let mut check = format!(
            "import type {{ None, Wrong, WrongFunctions, WrongTypes }} from \"./same.js\"\n\
             import type {{ Database }} from \"./{name}.types.js\"\nimport type {{ schemas }} from \"./{name}.zod.js\"\n\n"
        );
        for (at, schema) in subject.schemas.iter().enumerate() {
            for (section, wrong) in [
                ("Tables", "Wrong"),
                ("Views", "Wrong"),
                ("Functions", "WrongFunctions"),
                ("Enums", "WrongTypes"),
                ("CompositeTypes", "WrongTypes"),
            ] {
                let part = format!("[\"{schema}\"][\"{section}\"]");
                let _ = writeln!(
                    check,
                    "export type {section}{at} = None<{wrong}<Database{part}, (typeof schemas){part}>>"
                );
            }
        }
        std::fs::write(folder.path().join(format!("{name}.check.ts")), check).unwrap();
    }
    compile(folder.path());
}

/// The test above can fail: a type that is not the same is found.
#[test]
fn what_differs_is_found() {
    let subjects = [Subject {
        name: "odd",
        db: howdah_testkit::TestDb::from_sql_blocking(
            "one",
            [("one", "create table public.t (a integer, b text not null)")],
        ),
        schemas: &["public"],
    }];
    let folder = workspace(&subjects);
    let path = folder.path();
    std::fs::remove_file(path.join("supabase.ts")).unwrap();
    let zod = std::fs::read_to_string(path.join("odd.zod.ts")).unwrap();
    for (from, to) in [("b: text,", "b: text.nullable(),"), ("a: z.int32().nullable(),", "a: z.string().nullable(),")] {
        assert!(zod.contains(from), "{zod}");
        std::fs::write(path.join("odd.zod.ts"), zod.replace(from, to)).unwrap();
        let check = "import type { None, Wrong } from \"./same.js\"\nimport type { Database } from \"./odd.types.js\"\n\
                     import type { schemas } from \"./odd.zod.js\"\n\
                     // @ts-expect-error: they differ\n\
                     export type T = None<Wrong<Database[\"public\"][\"Tables\"], (typeof schemas)[\"public\"][\"Tables\"]>>\n";
        std::fs::write(path.join("odd.check.ts"), check).unwrap();
        compile(path);
    }
}
