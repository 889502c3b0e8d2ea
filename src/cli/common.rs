//! The flags that several commands share, each declared once.

use std::fmt;

use crate::model::{Depth, Extra};

/// Declares the command line of a command: its own flags as they stand, then the shared flags that it names, in the order
/// in which the help shows them.
macro_rules! command_line {
    ([$($shared:ident)*] $(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        command_line! { @ [$($shared)*] $name { $(#[$meta])* } { $($fields)* } }
    };
    (@ [at $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// as of this snapshot: a number, a label, a date, latest~N, FILE@... (default: latest)
            #[argh(option, arg_name = "snapshot")]
            pub at: Option<String>,
        } }
    };
    (@ [db $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// the database file (default: harness-access.db)
            #[argh(option, arg_name = "path")]
            pub db: Option<String>,
        } }
    };
    (@ [connection $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// where Harness is (default: https://app.harness.io); a path such as /gateway is kept
            #[argh(option, arg_name = "url")]
            pub base_url: Option<String>,
            /// allow plain http to hosts other than this computer; the key then travels unencrypted
            #[argh(switch)]
            pub allow_http: bool,
            /// the account; a key of four parts names it already
            #[argh(option, arg_name = "id")]
            pub account_id: Option<String>,
            /// a file that holds the API key; `-` = standard input
            #[argh(option, arg_name = "path")]
            pub api_key_file: Option<String>,
            /// the API key itself; other users of this computer can read it in the list of processes, so prefer
            /// --api-key-file or the environment
            #[argh(option, arg_name = "key")]
            pub api_key: Option<String>,
        } }
        impl $name {
            /// The flags that say how to reach the account.
            pub(crate) fn connection(&self) -> $crate::cli::ConnectionFlags<'_> {
                $crate::cli::ConnectionFlags {
                    base_url: self.base_url.as_deref(),
                    allow_http: self.allow_http,
                    account_id: self.account_id.as_deref(),
                    api_key_file: self.api_key_file.as_deref(),
                    api_key: self.api_key.as_deref(),
                }
            }
        }
    };
    (@ [selection $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// how deep to read: account, organizations or all (with projects); default: account, and for a sync what the last
            /// snapshot asked for
            #[argh(option, arg_name = "depth", from_str_fn(depth))]
            pub scopes: Option<Depth>,
            /// limit the sync to the account and this organization; may be repeated
            #[argh(option, arg_name = "id")]
            pub org: Vec<String>,
            /// limit the sync to the account, this project and its organization; may be repeated
            #[argh(option, arg_name = "org/project", from_str_fn(project))]
            pub project: Vec<(String, String)>,
            /// leave the account itself out, for a key that lives in the organizations named by --org
            #[argh(switch)]
            pub without_account: bool,
            /// observe this too: tokens, auth-settings, project-users, audit (who did what) or logins (last sign-ins); may be
            /// repeated
            #[argh(option, arg_name = "what", from_str_fn(extra))]
            pub with: Vec<Extra>,
        } }
        impl $name {
            /// The flags that choose what is read.
            pub(crate) fn selection(&self) -> $crate::cli::SelectionFlags<'_> {
                $crate::cli::SelectionFlags {
                    scopes: self.scopes,
                    orgs: &self.org,
                    projects: &self.project,
                    without_account: self.without_account,
                    extras: &self.with,
                }
            }
        }
    };
    (@ [exit_code $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// exit with status 1 when nothing is found
            #[argh(switch)]
            pub exit_code: bool,
        } }
    };
    (@ [color $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// colour in tables: auto (default: on a terminal, unless NO_COLOR is set or TERM is dumb), always or never
            #[argh(option, arg_name = "when", default = "crate::cli::Color::Auto")]
            pub color: crate::cli::Color,
        } }
    };
    (@ [verbose $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// print more; twice for every request
            #[argh(switch, short = 'v')]
            pub verbose: u8,
        } }
    };
    (@ [quiet $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// print only data and errors
            #[argh(switch, short = 'q')]
            pub quiet: bool,
        } }
    };
    (@ [silent $($rest:ident)*] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        command_line! { @ [$($rest)*] $name { $($meta)* } { $($fields)*
            /// print only errors, and no table; the exit status tells
            #[argh(switch, short = 'q')]
            pub quiet: bool,
        } }
    };
    (@ [] $name:ident { $($meta:tt)* } { $($fields:tt)* }) => {
        $($meta)*
        pub struct $name {
            $($fields)*
        }
    };
}

pub(crate) use command_line;

/// The flags that choose what is read, as typed.
#[derive(Debug)]
pub struct SelectionFlags<'a> {
    /// `--scopes`
    pub scopes: Option<Depth>,
    /// `--org`
    pub orgs: &'a [String],
    /// `--project`
    pub projects: &'a [(String, String)],
    /// `--without-account`
    pub without_account: bool,
    /// `--with`
    pub extras: &'a [Extra],
}

/// How to reach an account, as typed.
#[derive(Clone, Copy)]
pub struct ConnectionFlags<'a> {
    /// `--base-url`
    pub base_url: Option<&'a str>,
    /// `--allow-http`
    pub allow_http: bool,
    /// `--account-id`
    pub account_id: Option<&'a str>,
    /// `--api-key-file`
    pub api_key_file: Option<&'a str>,
    /// `--api-key`
    pub api_key: Option<&'a str>,
}

impl fmt::Debug for ConnectionFlags<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionFlags")
            .field("base_url", &self.base_url)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}
