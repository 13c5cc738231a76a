//! Tasks, in trees.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::capital;
use super::super::world::{Someone, World};
use crate::copy::{Array, RowWriter};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "tasks",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerDay { weight: 42, least: 2, most_a_day: 3 },
    columns: &[
        "id",
        "user_id",
        "title",
        "status",
        "description",
        "due_at",
        "due_on",
        "starts_at",
        "completed_at",
        "priority",
        "tags",
        "project",
        "list_name",
        "parent_task_id",
        "subtask_order",
        "percent_complete",
        "recurrence_rule",
        "ical_uid",
        "created_at",
        "updated_at",
        "metadata",
    ],
    replaces: false,
    rows: tasks,
}];

/// Tasks come in trees of six: a root, three below it, two below the first of those.
const TREE: u64 = 6;

fn parent(index: u64) -> Option<u64> {
    let root = index - index % TREE;
    match index % TREE {
        0 => None,
        1..=3 => Some(root),
        _ => Some(root + 1),
    }
}

fn tasks<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("tasks");
    numbered(count, move |index, out| task(world, someone, index, count, out))
}

fn task(world: &World, someone: &Someone, index: u64, count: u64, out: &mut RowWriter) {
    let mut rng = world.rng("tasks", someone, index);
    let mut tree = world.rng("task trees", someone, index / TREE);
    let root_day = world.day(index - index % TREE, count);
    let created = world.awake(someone, root_day, &mut tree, 8, 20).plus(60 * (index % TREE) as i64);
    let (project, list, tag) = *tree.weighted(&[
        (3, (Some("River survey"), "Work", "work")),
        (3, (None, "Home", "home")),
        (2, (Some("Moving the archive"), "Work", "work")),
        (2, (Some("Garden"), "Garden", "garden")),
        (2, (None, "Errands", "errands")),
        (1, (Some("Spring concert"), "Choir", "choir")),
    ]);
    let shapes: &[&str] = match (tag, index % TREE) {
        ("work", 0) => &["Finish {part} of {project}", "Prepare {project}", "Hand over {project}"],
        ("work", _) => &["Check {part}", "Send {part} to {friend}", "Ask {friend} about {part}", "Print {part}"],
        ("garden", 0) => &["Get {plant} through the season", "Rebuild the beds"],
        ("garden", _) => &["Water {plant}", "Fetch {tool}", "Share out {ingredient}"],
        ("choir", 0) => &["Organise {music}", "Plan the concert"],
        ("choir", _) => &["Copy {music}", "Book the hall", "Write to {friend}"],
        (_, 0) => &["See to {repair}", "Prepare for {trip}", "Clear out the cellar"],
        _ => &["Buy {tool}", "Return {thing} to {friend}", "Call about {repair}", "Buy {ingredient}", "Measure twice"],
    };
    let due = created.day().plus(rng.range(2, 40) as i32);
    // What is due long ago is mostly done; what is due later mostly not.
    let overdue = world.plan.anchor.since(due);
    let done = match overdue {
        30.. => 930,
        1..30 => 700,
        _ => 150,
    };
    let status = match rng.below(1000) {
        n if n < done => "completed",
        n if n < done + 30 => "cancelled",
        n if n < done + 200 => "in_progress",
        _ => "pending",
    };
    let age = (world.now().seconds() - created.seconds()).max(1);
    let completed = (status == "completed").then(|| {
        let day = created.plus(rng.range(1, age.min(35 * 86_400))).day();
        world.awake(someone, day, &mut rng, 8, 21).max(created.plus(1))
    });
    let has_time = rng.chance(200);
    world.base(out, "tasks", someone, index, created);
    world.times(out, created, completed.unwrap_or(created));
    out.set("title", capital(&world.say_one(shapes, &mut rng, &[])))
        .set("status", status)
        .set("description", rng.chance(300).then(|| world.say("{small}", &mut rng, &[])))
        .set("due_at", has_time.then(|| due.at_local(someone.home_city().winter_offset_min, 17 * 3_600)))
        .set("due_on", due)
        .set("starts_at", (status != "pending").then(|| created.min(world.now())))
        .set("completed_at", completed)
        .set("priority", *rng.weighted(&[(2, "low"), (6, "medium"), (3, "high"), (1, "urgent")]))
        .set("tags", Array(&[tag]))
        .set("project", project)
        .set("list_name", list)
        .set("parent_task_id", parent(index).map(|parent| world.id("tasks", someone, parent)))
        .set("subtask_order", parent(index).map(|_| (index % TREE) as i32))
        .set(
            "percent_complete",
            match status {
                "completed" => 100,
                "in_progress" => 10 * rng.range(1, 9),
                _ => 0,
            },
        )
        .set("recurrence_rule", (index.is_multiple_of(TREE) && rng.chance(60)).then_some("FREQ=MONTHLY"))
        .set("ical_uid", format!("{}@tasks.example.com", world.id("todo", someone, index)));
    out.end();
}
