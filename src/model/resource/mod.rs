//! Things with an identity, and what is known of them: one enum of their types, their text ids, and the fields kept of
//! each type.

mod details;
mod id;
mod kind;

pub use details::{
    Details, IncludedScope, Known, Selector, attributes_differ, canonical_json, differs,
};
pub use id::ResourceId;
pub use kind::ResourceType;
