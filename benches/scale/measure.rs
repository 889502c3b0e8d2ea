//! What a process costs, by the system's own account.
//!
//! The system tells a process what its children cost once they ended. So that each run is told apart, this program
//! starts itself anew in between: the copy runs one command and reports on it.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The first argument of a copy in between.
pub(crate) const IN_BETWEEN: &str = "in-between";

/// What one run cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// In the program and for it in the system, of all threads.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// The most memory at a time, in bytes.
    pub(crate) peak: u64,
    /// Bytes handed to the system for files. 0 where the system does not say.
    pub(crate) written: u64,
}

/// Where commands run, and with what around them.
pub(crate) struct Runner {
    pub(crate) folder: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) cost: Cost,
    pub(crate) out: String,
}

impl Runner {
    /// Runs a command, which must end with this status.
    pub(crate) fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        status: i32,
    ) -> Result<Ended, Box<dyn Error>> {
        let [report, out, err] =
            ["report", "stdout", "stderr"].map(|name| self.folder.join(format!("run.{name}")));
        let mut in_between = Command::new(std::env::current_exe()?);
        in_between
            .arg(IN_BETWEEN)
            .args([&report, program])
            .args(arguments);
        in_between
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.environment.iter().cloned());
        in_between
            .stdin(Stdio::null())
            .stdout(File::create(&out)?)
            .stderr(File::create(&err)?);
        let ended = in_between.status()?.code();
        if ended != Some(status) {
            let err = std::fs::read_to_string(&err)?;
            return Err(
                format!("{arguments:?} ended with {ended:?} instead of {status}:\n{err}").into(),
            );
        }
        Ok(Ended {
            cost: parse(&std::fs::read_to_string(&report)?).ok_or("no report")?,
            out: std::fs::read_to_string(&out)?,
        })
    }

    /// The cheapest of several runs, which must all say the same. What takes long runs once: it varies little.
    pub(crate) fn cheapest(
        &self,
        program: &Path,
        arguments: &[&str],
        status: i32,
    ) -> Result<Ended, Box<dyn Error>> {
        const RUNS: usize = 3;
        const LONG: Duration = Duration::from_secs(1);
        let mut best = self.run(program, arguments, status)?;
        for _ in 1..RUNS {
            if best.cost.cpu > LONG {
                break;
            }
            let next = self.run(program, arguments, status)?;
            if next.out != best.out {
                return Err(format!("{arguments:?} said two things").into());
            }
            best.cost.cpu = best.cost.cpu.min(next.cost.cpu);
            best.cost.wall = best.cost.wall.min(next.cost.wall);
            best.cost.peak = best.cost.peak.max(next.cost.peak);
        }
        Ok(best)
    }
}

/// What the copy in between does: `REPORT PROGRAM ARGUMENT...`.
pub(crate) fn in_between(
    mut arguments: impl Iterator<Item = String>,
) -> Result<ExitCode, Box<dyn Error>> {
    let report = arguments.next().ok_or("no report")?;
    let program = arguments.next().ok_or("no program")?;
    let before = written();
    let started = Instant::now();
    let status = Command::new(program).args(arguments).status()?;
    let wall = started.elapsed();
    let (cpu, peak) = of_children()?;
    // Waiting for a child adds what it wrote to what its parent wrote.
    let written = written() - before;
    std::fs::write(
        report,
        format!("{} {} {peak} {written}", cpu.as_nanos(), wall.as_nanos()),
    )?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(u8::MAX)))
}

fn parse(report: &str) -> Option<Cost> {
    let mut numbers = report.split(' ').map(|number| number.parse::<u64>().ok());
    let mut next = || numbers.next().flatten();
    Some(Cost {
        cpu: Duration::from_nanos(next()?),
        wall: Duration::from_nanos(next()?),
        peak: next()?,
        written: next()?,
    })
}

fn written() -> u64 {
    let counts = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = counts.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.and_then(|count| count.parse().ok())
        .unwrap_or_default()
}

/// CPU time, and the most bytes of memory, of the children that ended.
#[cfg(unix)]
fn of_children() -> Result<(Duration, u64), Box<dyn Error>> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = (usage.user_time() + usage.system_time()).num_microseconds();
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    Ok((
        Duration::from_micros(u64::try_from(cpu)?),
        u64::try_from(usage.max_rss())? * unit,
    ))
}

#[cfg(not(unix))]
fn of_children() -> Result<(Duration, u64), Box<dyn Error>> {
    Err("this system does not say what a process cost".into())
}

/// A clock of this thread's CPU time.
#[cfg(unix)]
pub(crate) fn thread_time() -> Duration {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

#[cfg(not(unix))]
pub(crate) fn thread_time() -> Duration {
    Duration::ZERO
}
