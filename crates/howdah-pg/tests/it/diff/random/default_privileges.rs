//! Privileges of what is made later.

use super::dice::Dice;
use super::model::{Id, Model};
use super::render::{ROLES, Sql};

#[derive(Debug, Clone)]
pub(super) struct DefaultPrivilege {
    /// In all when there is none.
    pub(super) schema: Option<Id>,
    /// Whoever makes the objects; the one who runs all this when there is none.
    role: Option<usize>,
    objects: usize,
    privilege: usize,
    grantee: usize,
    revoked: bool,
}

/// Each with two privileges.
const OBJECTS: [(&str, [&str; 2]); 4] = [
    ("tables", ["select", "insert, update"]),
    ("sequences", ["usage", "select"]),
    ("functions", ["execute", "execute"]),
    ("types", ["usage", "usage"]),
];

pub(super) fn create(model: &mut Model, dice: &mut Dice<'_>) {
    let schema = if dice.once_in(2) { dice.pick(&model.schemas).map(|schema| schema.name.id) } else { None };
    let role = if dice.once_in(3) { None } else { Some(dice.below(3)) };
    // Who makes an extension makes its types and functions, whose privileges are its own business.
    let kinds = if role.is_none() { 2 } else { OBJECTS.len() };
    let (objects, privilege, grantee) = (dice.below(kinds), dice.below(2), dice.below(ROLES.len()));
    // In a schema there is nothing to revoke.
    let revoked = schema.is_none() && dice.once_in(3);
    model.default_privileges.push(DefaultPrivilege { schema, role, objects, privilege, grantee, revoked });
}

pub(super) fn change(model: &mut Model, dice: &mut Dice<'_>) {
    match dice.pick_mut(&mut model.default_privileges) {
        None => create(model, dice),
        Some(default) if dice.once_in(2) => default.grantee = dice.below(ROLES.len()),
        Some(default) => default.privilege = dice.below(2),
    }
}

impl Sql<'_> {
    pub(super) fn default_privilege(&mut self, default: &DefaultPrivilege) {
        let role = default.role.map(|role| format!(" for role {}", ROLES[role])).unwrap_or_default();
        let schema = default.schema.map(|schema| format!(" in schema {}", self.schema(schema))).unwrap_or_default();
        let (objects, privileges) = OBJECTS[default.objects];
        let (privilege, grantee) = (privileges[default.privilege], ROLES[default.grantee]);
        let action = if default.revoked {
            format!("revoke {privilege} on {objects} from {grantee}")
        } else {
            format!("grant {privilege} on {objects} to {grantee}")
        };
        self.line(&format!("alter default privileges{role}{schema} {action};"));
    }
}
