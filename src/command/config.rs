//! `config`: every setting, and where it comes from.

use super::Context;
use crate::api::http::redact::redact;
use crate::cli::declared::{Declared, FlagInfo, commands};
use crate::cli::{Color, Config, Format};
use crate::config::{Origin, Setting, Sources, settable};
use crate::error::Error;
use crate::exit::Exit;
use crate::output::config::{Document, InForce, table};
use crate::output::write_json;

pub(crate) fn run(
    arguments: &Config,
    sources: &Sources<'_>,
    context: &mut Context<'_>,
) -> Result<Exit, Error> {
    let mut found = Vec::new();
    let commands = commands();
    for command in &commands[1..] {
        let set = sources.settings(command, &[], &commands)?;
        for flag in settable(command) {
            let setting = set.iter().find(|setting| setting.flag == flag.long);
            found.push(in_force(command, flag, setting));
        }
    }
    match arguments.format {
        Format::Table => table(&found, context.screen(Color::Auto), context.out)?,
        Format::Json => write_json(&Document::new(&found), context.out)?,
    }
    Ok(Exit::Done)
}

fn in_force(command: &Declared, flag: &FlagInfo<'static>, setting: Option<&Setting>) -> InForce {
    let value = match setting {
        Some(_) if flag.long == "--api-key" => Some("(set, not shown)".to_owned()),
        Some(setting) => Some(redact(&setting.values.join(", "))),
        None if Declared::is_switch(flag) => Some("false".to_owned()),
        None => default(flag.description),
    };
    InForce {
        command: command.words.join(" "),
        setting: flag.long.trim_start_matches("--"),
        value,
        from: setting
            .map_or(&Origin::Default, |setting| &setting.origin)
            .to_string(),
    }
}

/// The default as a description names it: `... (default: 4)` or `table (default), ...`.
fn default(description: &str) -> Option<String> {
    let words: Vec<&str> = description.split_whitespace().collect();
    let text = words.join(" ");
    if let Some((_, after)) = text.split_once("(default: ") {
        return after.split([';', ')']).next().map(str::to_owned);
    }
    let (before, _) = text.split_once(" (default")?;
    before
        .rsplit(' ')
        .next()
        .map(|word| word.trim_matches('`').to_owned())
}
