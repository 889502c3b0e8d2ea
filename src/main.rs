//! The `harness-access` program.

use std::hint;
use std::io::{self, BufWriter, IsTerminal};
use std::panic;
use std::process::{self, ExitCode};
use std::sync::Arc;

use harness_access::api::client::clock::SystemClock;

/// What Rust gives a program that panicked.
const PANICKED: i32 = 101;

/// What the exit status says where the system gives no more memory.
const NO_MEMORY: i32 = 6;

/// Where Rust panics when a new thread gets no memory to handle signals in.
const STACK_OF_SIGNALS: &str = "stack_overflow.rs";

/// Bytes of stack that the main thread takes at most, and more.
const STACK: usize = 512 * 1024;

/// Has the stack as large as it will be. Where the system gives no more memory, one that has to grow ends the process by a
/// signal, and not with an exit status.
#[inline(never)]
#[allow(clippy::large_stack_arrays)] // which is what it is for
fn grow_stack() {
    hint::black_box([0_u8; STACK]);
}

fn main() -> ExitCode {
    grow_stack();
    // Ended here, a panic leaves no core file: one would hold the API key.
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        report(panicked);
        let at = panicked.location();
        let lacks_memory = at.is_some_and(|at| at.file().contains(STACK_OF_SIGNALS));
        process::exit(if lacks_memory { NO_MEMORY } else { PANICKED });
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
