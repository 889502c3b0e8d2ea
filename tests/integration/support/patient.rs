//! The program as a function: the same command lines, over loopback, in a time that passes at once. For what a real
//! run would wait minutes for.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use harness_access::api::client::clock::{Cancel, Clock, VirtualClock};

use super::{Outcome, Test, as_function};

/// Waiting takes no time, and the time of day is the computer's.
#[derive(Default)]
struct Patient(VirtualClock);

impl Clock for Patient {
    fn now(&self) -> Duration {
        self.0.now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration, cancel: &Cancel) {
        self.0.sleep(duration, cancel);
    }
}

impl Test {
    /// Runs a command on the default database; waiting takes no time.
    pub(crate) fn at_once(&self, arguments: &[&str]) -> Outcome {
        self.patiently(arguments, None)
    }

    /// The same on a terminal that only prints.
    pub(crate) fn on_terminal(&self, width: usize, arguments: &[&str]) -> Outcome {
        self.patiently(arguments, Some(width))
    }

    fn patiently(&self, arguments: &[&str], terminal: Option<usize>) -> Outcome {
        let (base, key) = (self.server.base_url(), self.fake.api_key());
        let db = self.database();
        let env = |name: &str| match name {
            "HARNESS_BASE_URL" => Some(OsString::from(&base)),
            "HARNESS_API_KEY" => Some(OsString::from(&key)),
            "HARNESS_ACCESS_DB" => Some(db.clone().into_os_string()),
            "TERM" => Some(OsString::from("dumb")),
            _ => None,
        };
        as_function::run(arguments, &env, Arc::new(Patient::default()), terminal)
    }
}
