//! What is asked.

use crate::model::Scope;

/// What somebody may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A permission, by identifier.
    Permission(String),
    /// One of these roles, by position among the facts.
    Roles(Vec<u32>),
    /// Any role at all.
    Anything,
}

/// Where it is to count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// At this scope; `None` = anywhere.
    pub scope: Option<Scope>,
    /// On this type of resource; `None` = the permission's own.
    pub resource_type: Option<String>,
    /// On the resource of this identifier; `None` = on any.
    pub identifier: Option<String>,
}
