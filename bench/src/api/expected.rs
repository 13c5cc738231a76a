//! What an answer must be, to the last value.

use serde_json::{Value, json};

use super::database::user_id;
use super::workload::{PROJECTS, STEP, Workload, answer};

/// # Errors
/// Why it is not the answer to this request; `key` is what [`super::workload::key`] gives.
pub(crate) fn check(workload: Workload, key: u64, status: u16, body: &str) -> Result<(), String> {
    let wanted = if workload == Workload::Insert { 201 } else { 200 };
    if status != wanted {
        return Err(format!("{status} instead of {wanted}: {}", start(body)));
    }
    if workload == Workload::Insert {
        return if body.is_empty() { Ok(()) } else { Err(format!("an insert is answered with {}", start(body))) };
    }
    let mut found: Value = serde_json::from_str(body).map_err(|error| format!("no JSON ({error}): {}", start(body)))?;
    for row in found.as_array_mut().into_iter().flatten() {
        // Their order was not asked for.
        if let Some(notes) = row.get_mut("notes").and_then(Value::as_array_mut) {
            notes.sort_by_key(|note| note["id"].as_u64());
        }
    }
    let rows: Vec<Value> = answer(workload, key).map(|id| row(workload, id)).collect();
    if found == Value::Array(rows) { Ok(()) } else { Err(format!("other rows than asked for: {}", start(body))) }
}

fn row(workload: Workload, id: u64) -> Value {
    if workload != Workload::Embed {
        let owner = user_id(usize::try_from(id % STEP).unwrap_or(0));
        return json!({ "id": id, "owner_id": owner, "amount": id % 1000, "title": title(id) });
    }
    let notes: Vec<Value> =
        (3 * id..3 * id + 3).map(|note| json!({ "id": note, "body": format!("Note {note}") })).collect();
    let project = id % PROJECTS;
    json!({
        "id": id,
        "title": format!("Task {id}"),
        "project": { "id": project, "name": format!("Project {project}") },
        "notes": notes,
    })
}

fn title(id: u64) -> String {
    format!("A row of the benchmark, number {id}")
}

/// As much of a body as fits a message.
fn start(body: &str) -> String {
    body.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::api::workload::Workload;

    #[test]
    fn an_answer_is_right_as_a_whole() {
        let good = r#"[{"id":19,"owner_id":"00000000-0000-4000-8000-000000000003","amount":19,"title":"A row of the benchmark, number 19"}]"#;
        assert_eq!(check(Workload::Get, 19, 200, good), Ok(()));
        assert!(check(Workload::Get, 19, 200, &good.replace("0003", "0004")).is_err());
        assert!(check(Workload::Get, 19, 206, good).is_err());
        assert!(check(Workload::Get, 27, 200, good).is_err());
        assert!(check(Workload::Get, 19, 200, &good[..40]).is_err());
        assert!(check(Workload::Page, 11, 200, good).is_err());
        assert_eq!(check(Workload::Insert, 1, 201, ""), Ok(()));
        assert!(check(Workload::Insert, 1, 201, "[]").is_err());
    }
}
