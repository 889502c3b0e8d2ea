//! The command line of `completions` and `man`.

use crate::worded::worded;
use argh::{ArgsInfo, FromArgValue, FromArgs};

/// print a script that completes the command line in a shell
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "completions",
    help_triggers("-h", "--help"),
    note = "Commands, flags and the words that a flag takes are completed, and the program tells the names: snapshots, scopes,
principals, permissions and roles of the database, questions of the cookbook, codes of findings.

  bash      harness-access completions bash > ~/.local/share/bash-completion/completions/harness-access
  zsh       harness-access completions zsh > ~/.zfunc/_harness-access    (a folder of $fpath)
  fish      harness-access completions fish > ~/.config/fish/completions/harness-access.fish
  nushell   harness-access completions nushell > harness-access.nu       (`use harness-access.nu *` in config.nu)",
    example = "{command_name} bash"
)]
pub struct Completions {
    /// bash, zsh, fish or nushell
    #[argh(positional)]
    pub shell: Option<Shell>,
    /// instead of a script, the names that the scripts ask for
    #[argh(option, hidden_help)]
    pub names: Option<CompletedNames>,
    /// the database that has these names
    #[argh(option, hidden_help)]
    pub db: Option<String>,
}

/// print the manual page
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "man",
    help_triggers("-h", "--help"),
    example = "{command_name} | man -l -"
)]
pub struct Man {}

/// A shell that completions can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromArgValue)]
pub enum Shell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// Nushell
    Nushell,
}

worded! {
    /// Names that a script asks for while somebody types.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, FromArgValue)]
    pub enum CompletedNames {
        /// What a snapshot can be called.
        Snapshots = "snapshots",
        /// Scopes.
        Scopes = "scopes",
        /// People by their addresses, service accounts and groups by their text ids.
        Principals = "principals",
        /// Permissions.
        Permissions = "permissions",
        /// Permissions and roles.
        PermissionsAndRoles = "permissions_and_roles",
        /// Questions of the cookbook.
        Questions = "questions",
        /// Codes of findings.
        Codes = "codes",
    }
}
