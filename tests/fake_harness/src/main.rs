//! The fake Harness as a process of its own, for the demo and the benchmark.
//!
//! Prints one line of JSON when it is ready and serves until standard input closes.

use std::io::{self, Write};
use std::str::FromStr;
use std::time::Duration;

use fake_harness::{Account, FakeHarness, GenerateSpec};

const USAGE: &str = "usage: fake_harness [--demo] [--port N] [--latency-ms N] [--rate N] [--log]
  [--assignments N] [--users N] [--groups N] [--service-accounts N] [--roles N] [--resource-groups N]
  [--organizations N] [--projects N] [--seed N]";

struct Options {
    demo: bool,
    port: u16,
    latency: Duration,
    rate: Option<usize>,
    log: bool,
    spec: GenerateSpec,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = parse(std::env::args().skip(1))?;
    let account = if options.demo {
        Account::demo()
    } else {
        Account::generate(&options.spec)
    };
    let fake = FakeHarness::new(account);
    fake.switch(|switches| {
        switches.latency = options.latency;
        switches.requests_per_minute = options.rate;
        // A benchmark would only fill memory with it.
        switches.log = options.log;
        switches.audit_trail = false;
    });
    let server = fake.serve_on(options.port)?;
    let ready = serde_json::json!({
        "base_url": server.base_url(), "account_id": fake.account_id(), "api_key": fake.api_key()
    });
    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        demo: false,
        port: 0,
        latency: Duration::ZERO,
        rate: None,
        log: false,
        spec: GenerateSpec::default(),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value\n{USAGE}"))
        };
        let spec = &mut options.spec;
        match argument.as_str() {
            "--demo" => options.demo = true,
            "--log" => options.log = true,
            "--port" => options.port = number(&value()?)?,
            "--latency-ms" => options.latency = Duration::from_millis(number(&value()?)?),
            "--rate" => options.rate = Some(number(&value()?)?),
            "--assignments" => spec.assignments = number(&value()?)?,
            "--users" => spec.users = number(&value()?)?,
            "--groups" => spec.groups = number(&value()?)?,
            "--service-accounts" => spec.service_accounts = number(&value()?)?,
            "--roles" => spec.roles = number(&value()?)?,
            "--resource-groups" => spec.resource_groups = number(&value()?)?,
            "--organizations" => spec.organizations = number(&value()?)?,
            "--projects" => spec.projects = number(&value()?)?,
            "--seed" => spec.seed = number(&value()?)?,
            _ => return Err(format!("unknown option {argument}\n{USAGE}")),
        }
    }
    Ok(options)
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("not a number: {text}\n{USAGE}"))
}
