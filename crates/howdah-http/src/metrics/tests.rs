use super::*;

fn now() -> Now {
    let status = PoolStatus {
        up: true,
        error: None,
        exclusive_busy: 3,
        exclusive_idle: 2,
        exclusive_max: 10,
        lanes: 1,
        lanes_up: 1,
        lane_flights: 4,
    };
    let waiting = Waiting { events: 12, oldest: Duration::from_millis(1500) };
    let sealing = Sealing { is_up: true, sealed: 34, waiting: Some(waiting) };
    Now { status, remembered_tokens: 5, sealing: Some(sealing) }
}

/// All lines but the time that it has been running, and the version without its number.
fn lines(text: &str) -> String {
    let text = text.replace(concat!('"', env!("CARGO_PKG_VERSION"), '"'), "\"…\"");
    text.lines().filter(|line| !line.starts_with("howdah_uptime_seconds ")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn names_help_and_labels_are_what_was_agreed() {
    let metrics = Metrics::default();
    metrics.answered(Place::of(&Method::GET), StatusCode::OK, Duration::from_micros(250));
    metrics.answered(Place::of(&Method::GET), StatusCode::NOT_MODIFIED, Duration::from_micros(251));
    metrics.answered(Place::of(&Method::PATCH), StatusCode::IM_A_TEAPOT, Duration::from_millis(90));
    metrics.answered(Place::of(&Method::TRACE), StatusCode::BAD_GATEWAY, Duration::from_secs(31));
    metrics.schema_loaded(Duration::from_millis(16));
    metrics.schema_not_loaded();
    metrics.described(false);
    insta::assert_snapshot!("howdah", lines(&howdah::write(&metrics, &now())));
    insta::assert_snapshot!("postgrest", lines(&postgrest::write(&metrics, &now())));
}

#[test]
fn a_connection_is_open_until_it_is_dropped() {
    let metrics = Arc::new(Metrics::default());
    let both = [metrics.connected(), metrics.connected()];
    let told = |line: &str| howdah::write(&metrics, &now()).lines().any(|found| found == line);
    assert!(told("howdah_connections_open 2") && told("howdah_connections_total 2"));
    drop(both);
    assert!(told("howdah_connections_open 0") && told("howdah_connections_total 2"));
}

#[test]
fn no_lag_is_told_where_nobody_seals_or_has_looked() {
    let metrics = Metrics::default();
    let names = |sealing: Option<Sealing>| -> Vec<String> {
        let text = howdah::write(&metrics, &Now { sealing, ..now() });
        let samples = text.lines().filter(|line| line.starts_with("howdah_audit"));
        samples.map(str::to_owned).collect()
    };
    assert_eq!(names(None), [""; 0]);
    let failing = Sealing { is_up: false, sealed: 0, waiting: None };
    assert_eq!(names(Some(failing)), ["howdah_audit_sealer_up 0", "howdah_audit_sealed_total 0"]);

    assert_eq!(metrics.sealing.now(), None);
    metrics.sealing_from(move || Some(failing));
    assert_eq!(metrics.sealing.now(), Some(failing));
}

/// A line of the table for each family.
fn table(text: &str) -> String {
    let mut rows = vec!["| name | | |".to_owned(), "|---|---|---|".to_owned()];
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) else { continue };
        let kind = lines.next().and_then(|line| line.rsplit(' ').next()).unwrap();
        let sample = lines.peek().unwrap();
        let labels = sample.strip_prefix(name).and_then(|rest| rest.strip_prefix('{')?.split_once('}'));
        let labels: Vec<&str> = labels
            .map(|(labels, _)| labels.split(',').map(|label| label.split('=').next().unwrap()).collect())
            .unwrap_or_default();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        rows.push(format!("| `{name}{labels}` | {kind} | {help} |"));
    }
    rows.join("\n")
}

#[test]
fn the_page_lists_them() {
    const PAGE: &str = include_str!("../../../../docs/serving.md");
    let (_, rest) = PAGE.split_once("<!-- metrics: begin -->\n").unwrap();
    let (found, _) = rest.split_once("\n<!-- metrics: end -->").unwrap();
    let expected = table(&howdah::write(&Metrics::default(), &now()));
    assert_eq!(found, expected, "docs/serving.md should say:\n{expected}");
}
