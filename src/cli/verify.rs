//! The command line of `verify`.

use super::common::command_line;
use super::values::{Format, number, sample};
use argh::{ArgsInfo, FromArgs};

command_line! {
[at db connection color verbose quiet]
/// ask Harness a sample of what a snapshot answers
#[derive(Debug, ArgsInfo, FromArgs)]
#[argh(
    subcommand,
    name = "verify",
    help_triggers("-h", "--help"),
    note = "Asks Harness's own analyzer of access policies whether people and service accounts hold permissions, one request
for each question, and compares its answers with those of the snapshot: half of them are a yes there, half a no. The
table shows the differences, with both answers and the likely reason, and after them where the snapshot says neither yes
nor no, which is no difference. Nothing is changed, in Harness or in the file.

The analyzer is behind the feature flag PL_ENABLE_POLICY_ANALYZER, and the key needs core_accessPolicies_analyze.
Exit status: 0 no difference; 1 there are differences; 2 Harness does not answer, or not all of it could be read.",
    example = "{command_name} --permission core_secret_access --sample 50",
    example = "{command_name} --seed 7 --format json"
)]
pub struct VerifyAccess {
    /// ask only about this permission (default: every permission that somebody holds)
    #[argh(option, arg_name = "permission")]
    pub permission: Option<String>,
    /// how many questions, at most 5000 (default: 50)
    #[argh(option, arg_name = "n", default = "50", from_str_fn(sample))]
    pub sample: usize,
    /// another number draws other questions; the same one the same, as long as the snapshot is the same (default: 1)
    #[argh(option, arg_name = "n", default = "1", from_str_fn(number))]
    pub seed: u64,
    /// table (default) or json
    #[argh(option, arg_name = "format", default = "Format::Table")]
    pub format: Format,
}
}
