//! Who signed in last, and when: what a sync that was asked for it (`--with logins`) could read.

use std::collections::HashMap;

use crate::error::Error;
use crate::model::Timestamp;
use crate::store::Reader;

/// What is known of one person's sign-ins.
#[derive(Clone, Debug)]
pub(super) struct SignIns {
    /// The last one.
    pub(super) last: Option<Timestamp>,
    /// The day from which on sign-ins were read, for a person who did not sign in since.
    since: String,
}

impl SignIns {
    /// The day of the last sign-in; `none since …` where there was none in the time that was read. Nobody knows of a time
    /// that was not read, so this never says more.
    pub(super) fn day(&self) -> String {
        match self.last {
            Some(last) => day(&last.to_string()),
            None => format!("none since {}", self.since),
        }
    }
}

/// By the text id of the person; who is not in it, of them nothing is known.
pub(super) fn load(reader: &Reader) -> Result<HashMap<String, SignIns>, Error> {
    let mut sign_ins = HashMap::new();
    reader.each_row::<Error>(
        "SELECT id, last_login, last_login_unknown_before FROM users WHERE last_login_unknown_before IS NOT NULL",
        &mut |row| {
            if let (Some(id), last, Some(since)) = (row[0], row[1], row[2]) {
                let known = SignIns {
                    last: last.and_then(Timestamp::parse_from),
                    since: day(since),
                };
                sign_ins.insert(id.to_owned(), known);
            }
            Ok(())
        },
    )?;
    Ok(sign_ins)
}

fn day(moment: &str) -> String {
    moment.get(..10).unwrap_or(moment).to_owned()
}
