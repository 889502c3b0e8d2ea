//! The command line of `config`.

use super::common::command_line;
use super::values::Format;
use argh::{ArgsInfo, FromArgs};

command_line! {
[]
/// print every setting, and where it comes from
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "config",
    help_triggers("-h", "--help"),
    note = "The command line wins over the environment, the environment over the configuration file, and that over the default.

A configuration file is TOML. It sets any flag by its name, without dashes: at the top for every command that has the flag,
below [COMMAND] for that command alone. A flag that may be repeated takes a list.

  db = \"/var/lib/harness-access/access.db\"
  api-key-file = \"/etc/harness-access/api-key\"

  [sync]
  scopes = \"all\"
  with = [\"tokens\", \"project-users\"]

  [snapshots.label]
  quiet = true

A value for every command, such as format = \"csv\", counts for those that know it.",
    example = "{command_name}",
    example = "{command_name} --config other.toml"
)]
pub struct Config {
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
}
}
