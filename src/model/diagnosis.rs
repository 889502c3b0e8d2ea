//! What `doctor` finds out about a key, without observing anything.

use std::time::Duration;

/// What was found out about key and account.
#[derive(Debug)]
pub struct Diagnosis {
    /// Whose key it is; `None` where access control is switched off.
    pub caller: Option<String>,
    /// The account's name, where the key may read it.
    pub account_name: Option<String>,
    /// The cluster that serves the account.
    pub cluster: Option<String>,
    /// How far this computer's clock is from Harness's, where Harness says the time; whole seconds.
    pub clock_skew: Option<Duration>,
    /// Every permission, in fixed order.
    pub permissions: Vec<Held>,
    /// Whether every organization and everything in it could be seen.
    pub organizations: Proof,
    /// Whether every project and everything in it could be seen.
    pub projects: Proof,
}

/// A permission that was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Such as `core_user_view`.
    pub permission: &'static str,
    /// Such as `USER`.
    pub resource_type: &'static str,
    /// A sync needs it; otherwise it is for what is only observed when asked for.
    pub needed: bool,
    /// The key has it on all resources of the type in the account.
    pub held: bool,
}

/// Whether scopes below the account could be seen whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Yes, present and future ones.
    Proven,
    /// It cannot be proven, which is not to say that something is hidden: these permissions are not held everywhere.
    Unproven(Vec<&'static str>),
}
