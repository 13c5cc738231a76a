use super::*;

#[test]
fn paths_are_relative_to_the_page() {
    let page = Page {
        path: "tables/public.tasks".into(),
        title: "public.tasks".into(),
        section: None,
        summary: String::new(),
        blocks: vec![Block::Paragraph {
            text: vec![Inline::Link {
                page: "ENUMS".into(),
                anchor: Some("public.mood".into()),
                text: "public.mood".into(),
                code: true,
            }],
        }],
    };
    let files = markdown(&[page]);
    let [file] = files.as_slice() else { panic!("one file") };
    assert_eq!(file.path, "tables/public.tasks.md");
    assert!(file.text.contains("[`public.mood`](../ENUMS.md#public.mood)"), "{}", file.text);
}
