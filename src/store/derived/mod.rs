//! What is derived from the facts so that questions need not work it out: who acts with whose role grants, how many roles
//! that makes, and in which scopes a role counts. A sync brings it up to date before it commits; only what differs is
//! written.

mod acts;
mod holders;
mod moves;
mod places;
mod replace;

pub(super) use acts::{act_history, refresh_acts};
pub(super) use holders::{Held, Holding, refresh_holders};
pub(super) use moves::{OWN, ProjectMove, note_moves, refresh_moves};
pub(super) use places::refresh_places;
