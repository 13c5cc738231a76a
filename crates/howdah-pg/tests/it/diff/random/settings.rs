//! What a table is set to: row-level security, what replicas know its rows by, and how it is stored.

use super::dice::Dice;
use super::model::Table;
use super::render::{Sql, quote};

#[derive(Debug, Clone)]
pub(super) struct Settings {
    secured: bool,
    forced: bool,
    identity: u16,
    storage: u16,
}

impl Settings {
    pub(super) fn create(partitioned: bool, dice: &mut Dice<'_>) -> Self {
        let storage = if partitioned { 0 } else { dice.number() % 12 };
        Self { secured: dice.once_in(3), forced: dice.once_in(5), identity: dice.number() % 9, storage }
    }

    pub(super) fn change(&mut self, partitioned: bool, dice: &mut Dice<'_>) {
        match dice.below(4) {
            0 => self.secured = !self.secured,
            1 => self.forced = !self.forced,
            2 => self.identity = dice.number() % 9,
            _ if !partitioned => self.storage = dice.number() % 12,
            _ => {}
        }
    }

    /// As after CREATE TABLE (…).
    pub(super) fn storage(&self) -> &'static str {
        match self.storage {
            1 => " with (fillfactor = 70)",
            2 => " with (fillfactor = 80, autovacuum_enabled = false)",
            3 => " with (autovacuum_vacuum_threshold = 100)",
            4 => " with (vacuum_truncate = false, fillfactor = 90)",
            _ => "",
        }
    }
}

impl Sql<'_> {
    pub(super) fn settings(&mut self, table: &Table, name: &str) {
        let settings = &table.settings;
        if settings.secured {
            self.line(&format!("alter table {name} enable row level security;"));
        }
        if settings.forced {
            self.line(&format!("alter table {name} force row level security;"));
        }
        let index = table.parts.iter().find(|part| part.identifies());
        let identity = match (settings.identity, index) {
            (0, _) => "full".to_owned(),
            (1, _) => "nothing".to_owned(),
            (2..=5, Some(index)) => format!("using index {}", quote(&index.name.name)),
            _ => return,
        };
        self.line(&format!("alter table {name} replica identity {identity};"));
    }
}
