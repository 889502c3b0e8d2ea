//! `config`: every setting, and where it comes from.

use serde::Serialize;
use std::io::{self, Write};

use super::Screen;
use super::table::{Align, Table};

/// A flag of a command as it counts now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// The command's words.
    pub command: String,
    /// The flag's name, without dashes.
    pub setting: &'static str,
    /// Its value; `None` when there is none, not even by default. A secret is not shown.
    pub value: Option<String>,
    /// Where the value comes from.
    pub from: String,
}

/// The document of `--format json`.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    format_version: u32,
    settings: &'a [InForce],
}

impl<'a> Document<'a> {
    /// All settings, in the order of the commands and their flags.
    #[must_use]
    pub fn new(settings: &'a [InForce]) -> Self {
        Self {
            format_version: 1,
            settings,
        }
    }
}

/// For people: commands that agree about a setting share a row.
///
/// # Errors
/// When the output fails.
pub fn table(settings: &[InForce], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new(vec![
        ("SETTING", Align::Left),
        ("VALUE", Align::Left),
        ("FROM", Align::Left),
        ("COMMANDS", Align::Left),
    ]);
    let same =
        |a: &InForce, b: &InForce| (a.setting, &a.value, &a.from) == (b.setting, &b.value, &b.from);
    for (at, setting) in settings.iter().enumerate() {
        if settings[..at].iter().any(|before| same(before, setting)) {
            continue;
        }
        let agreeing = settings.iter().filter(|other| same(other, setting));
        let commands: Vec<&str> = agreeing.map(|other| other.command.as_str()).collect();
        let having = settings
            .iter()
            .filter(|other| other.setting == setting.setting);
        let all = commands.len() > 1 && commands.len() == having.count();
        table.row(vec![
            setting.setting.to_owned(),
            setting.value.clone().unwrap_or_default(),
            setting.from.clone(),
            if all {
                "all that have it".to_owned()
            } else {
                commands.join(", ")
            },
        ]);
    }
    table.write(screen, out)
}
