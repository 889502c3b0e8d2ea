//! The fake Harness as a process of its own, for the demo and the benchmark.
//!
//! Prints one line of JSON when it is ready and serves until standard input closes. As a playground it prints what to type
//! and serves until it is stopped.

use std::io::{self, Write};
use std::str::FromStr;
use std::time::Duration;

use fake_harness::{Account, Caller, FakeHarness, GenerateSpec};

const USAGE: &str = "usage: fake_harness [--demo] [--playground] [--port N] [--latency-ms N] [--rate N] [--log]
  [--assignments N] [--users N] [--groups N] [--service-accounts N] [--roles N] [--resource-groups N]
  [--organizations N] [--projects N] [--seed N]";

const PLAYGROUND: &str = "\
A Harness account that exists on this computer alone, with a key that may do everything. Ctrl-C ends it.
In another terminal:

  export PATH=\"$PWD/target/debug:$PATH\"
  export HARNESS_BASE_URL={base_url}
  export HARNESS_API_KEY={api_key}

  harness-access sync --scopes all --with tokens --with auth-settings --with audit --with logins

A day passes, a project moves:

  curl -X POST {base_url}/__control/change/next-day
  curl -X POST {base_url}/__control/change/move-project

  harness-access sync
  harness-access diff

The audit trail is certain up to five minutes ago: until a later sync, who made the newest changes is told as probable.
Whether Harness's own analyzer agrees: harness-access verify
";

struct Options {
    demo: bool,
    playground: bool,
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
        switches.audit_trail = options.playground;
        switches.policy_analyzer = options.playground;
    });
    if options.playground {
        fake.caller(Caller::everything());
    }
    let server = fake.serve_on(options.port)?;
    if options.playground {
        let said = PLAYGROUND
            .replace("{base_url}", &server.base_url())
            .replace("{api_key}", &fake.api_key());
        io::stdout().write_all(said.as_bytes())?;
        loop {
            std::thread::park();
        }
    }
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
        playground: false,
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
            "--playground" => (options.demo, options.playground) = (true, true),
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
