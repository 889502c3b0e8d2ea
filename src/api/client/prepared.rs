//! A call that is ready to be sent, and how its response is opened.

use crate::api::call::{Call, Envelope, Method};
use crate::api::page::envelope::Unopened;

/// A call with its method, and its body where it has one.
#[derive(Clone, Copy)]
pub(super) struct PreparedCall<'a> {
    pub(super) call: &'a Call,
    pub(super) method: Method,
    pub(super) body: Option<&'a [u8]>,
}

/// Takes what was asked for out of a body.
pub(super) type Open<T> = fn(&[u8], Envelope) -> Result<T, Unopened>;

/// Takes it out and keeps it, whatever its type is: what is about every call is there once, and not once for each type.
pub(super) type OpenAndKeep<'a> = &'a mut dyn FnMut(&[u8], Envelope) -> Result<(), Unopened>;
