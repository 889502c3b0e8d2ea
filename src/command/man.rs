//! `man`: the manual page.

use super::Context;
use crate::cli::man;
use crate::error::Error;
use crate::exit::Exit;

pub(crate) fn run(context: &mut Context<'_>) -> Result<Exit, Error> {
    context
        .out
        .write_all(man::page(crate::BUILD_DATE).as_bytes())?;
    Ok(Exit::Done)
}
