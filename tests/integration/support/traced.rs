//! The real program, stopped before each call to the system that changes a file: what a kill or a full disk does at any of
//! them can be tried, all of them, without luck.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::Outcome;

/// write, pwrite64, fsync, fdatasync, ftruncate, rename, unlink.
const CHANGES: [u64; 7] = [1, 18, 74, 75, 77, 82, 87];
const WRITE: u64 = 1;

/// What can fail on a machine that works: read, write, poll, pread64, pwrite64, socket, connect, sendto, recvfrom, fcntl,
/// fsync, fdatasync, ftruncate, rename, unlink, openat, newfstatat, statx, clone3. The system never refuses random bytes.
const FALLIBLE: [u64; 19] = [
    0, 1, 7, 17, 18, 41, 42, 44, 45, 72, 74, 75, 77, 82, 87, 257, 262, 332, 435,
];

/// sigaltstack: the language's own beginning is over, and what fails before it no program can tell.
const BEGINS: u64 = 131;

/// `PTRACE_SYSCALL_INFO_ENTRY`.
const ENTRY: u8 = 1;

/// What becomes of a call.
pub(crate) enum Fate {
    Goes,
    /// With this error number.
    Fails(i32),
}

/// Runs the program and asks before each change what becomes of it, by its number from 1. `None` = this process may not
/// trace another one.
pub(crate) fn traced(
    folder: &Path,
    arguments: &[&str],
    fate: impl FnMut(u32) -> Fate,
) -> Option<Outcome> {
    run(folder, arguments, is_change, fate)
}

/// The same before each call of the main thread that can fail.
pub(crate) fn traced_at_every_call(
    folder: &Path,
    arguments: &[&str],
    fate: impl FnMut(u32) -> Fate,
) -> Option<Outcome> {
    let mut has_begun = false;
    let is_asked = |pid| {
        let call = entered(pid);
        has_begun |= call == Some(BEGINS);
        has_begun && call.is_some_and(|call| FALLIBLE.contains(&call)) && !is_stream(pid)
    };
    run(folder, arguments, is_asked, fate)
}

fn run(
    folder: &Path,
    arguments: &[&str],
    mut is_asked: impl FnMut(Pid) -> bool,
    mut fate: impl FnMut(u32) -> Fate,
) -> Option<Outcome> {
    let mut child = stopped(folder, arguments);
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    if ptrace::attach(pid).is_err() {
        kill(pid, Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        return None;
    }
    waitpid(pid, None).unwrap();
    ptrace::setoptions(
        pid,
        Options::PTRACE_O_TRACESYSGOOD | Options::PTRACE_O_EXITKILL,
    )
    .unwrap();
    kill(pid, Signal::SIGCONT).unwrap();
    let (mut number, mut signal) = (0, None);
    let status = loop {
        ptrace::syscall(pid, signal.take()).unwrap();
        match waitpid(pid, None).unwrap() {
            WaitStatus::Exited(_, status) => break status,
            WaitStatus::Signaled(..) => break -1,
            WaitStatus::Stopped(_, Signal::SIGTRAP | Signal::SIGSTOP) => {}
            WaitStatus::Stopped(_, other) => signal = Some(other),
            WaitStatus::PtraceSyscall(_) if is_asked(pid) => {
                number += 1;
                if let Fate::Fails(error) = fate(number) {
                    fail(pid, error);
                }
            }
            _ => {}
        }
    };
    Some(outcome(&mut child, arguments, status))
}

/// A process that waits to be traced before it becomes the program.
fn stopped(folder: &Path, arguments: &[&str]) -> Child {
    let child = Command::new("sh")
        .args(["-c", r#"kill -STOP $$; exec "$0" "$@""#])
        .arg(env!("CARGO_BIN_EXE_harness-access"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
    child
}

fn is_change(pid: Pid) -> bool {
    entered(pid).is_some_and(|call| CHANGES.contains(&call)) && !is_stream(pid)
}

/// The call that is about to be made, if one is.
fn entered(pid: Pid) -> Option<u64> {
    let is_entry = ptrace::syscall_info(pid).unwrap().op == ENTRY;
    is_entry.then(|| ptrace::getregs(pid).unwrap().orig_rax)
}

fn is_stream(pid: Pid) -> bool {
    let registers = ptrace::getregs(pid).unwrap();
    registers.orig_rax == WRITE && registers.rdi <= 2
}

/// Lets the system do another call, which there is not, and changes what came of it.
fn fail(pid: Pid, error: i32) {
    let mut registers = ptrace::getregs(pid).unwrap();
    registers.orig_rax = u64::MAX;
    ptrace::setregs(pid, registers).unwrap();
    ptrace::syscall(pid, None).unwrap();
    waitpid(pid, None).unwrap();
    registers.rax = i64::from(-error).cast_unsigned();
    ptrace::setregs(pid, registers).unwrap();
}

fn outcome(child: &mut Child, arguments: &[&str], status: i32) -> Outcome {
    let (mut stdout, mut stderr) = (String::new(), String::new());
    let out = child.stdout.as_mut().unwrap().read_to_string(&mut stdout);
    let err = child.stderr.as_mut().unwrap().read_to_string(&mut stderr);
    out.and(err).unwrap();
    Outcome {
        command: arguments.join(" "),
        status,
        stdout,
        stderr,
    }
}
