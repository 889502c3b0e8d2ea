//! The `harness-access` program.

use std::io::{self, BufWriter, IsTerminal};
use std::panic;
use std::process::{self, ExitCode};
use std::sync::Arc;

use harness_access::api::client::clock::SystemClock;

/// What Rust gives a program that panicked.
const PANICKED: i32 = 101;

fn main() -> ExitCode {
    // Ended here, a panic leaves no core file: one would hold the API key.
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        report(panicked);
        process::exit(PANICKED);
    }));
    let env = |name: &str| std::env::var_os(name);
    let out_is_terminal = io::stdout().is_terminal();
    let err_is_terminal = io::stderr().is_terminal();
    harness_access::run(
        std::env::args_os().skip(1),
        &mut harness_access::Context {
            env: &env,
            clock: Arc::new(SystemClock::new()),
            out: &mut BufWriter::new(io::stdout().lock()),
            err: &mut io::stderr(),
            out_is_terminal,
            terminal_width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
            err_is_terminal,
        },
    )
    .into()
}
