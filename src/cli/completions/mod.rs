//! Scripts that complete the command line in a shell, made from the declarations of the commands.
//!
//! The scripts know commands, flags and the words that a flag takes. The names of snapshots and scopes are in the
//! database, so the scripts ask the program for them, and take them for data: a name is never expanded by the shell.

mod bash;
mod fish;
mod nushell;
mod parts;
mod zsh;

use crate::cli::declared::commands;
use crate::cli::shell::Shell;

/// The script for a shell.
#[must_use]
pub fn script(shell: Shell) -> String {
    let commands = commands();
    match shell {
        Shell::Bash => bash::script(&commands),
        Shell::Zsh => zsh::script(&commands),
        Shell::Fish => fish::script(&commands),
        Shell::Nushell => nushell::script(&commands),
    }
}
