//! A sync without sockets and without waiting: the client over `FakeHarness::handle` and virtual time.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use harness_access::api::call::Method;
use harness_access::api::client::clock::VirtualClock;
use harness_access::api::client::{Client, ClientOptions};
use harness_access::api::http::base_url::BaseUrl;
use harness_access::api::http::transport::{
    HttpRequest, HttpResponse, Transport, TransportError, TransportErrorKind,
};
use harness_access::collect::workers::Progress;
use harness_access::collect::{self, Failure, NothingBefore, Remembered};
use harness_access::error::Error;
use harness_access::model::{
    Depth, Listing, ListingState, Observation, ResourceType, ScopeSelection,
};
use harness_access::store::{Identity, Published, Writer};

use fake_harness::{Answer, FakeHarness, Reply, Request};

const BASE_URL: &str = "https://harness.example.test";

/// How long the real transport waits for the next byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// Changes the body of an answer; told the path.
type Spoil = Box<dyn Fn(&str, Vec<u8>) -> Vec<u8> + Send + Sync>;

struct InProcess {
    fake: FakeHarness,
    clock: VirtualClock,
    spoil: Spoil,
}

impl Transport for InProcess {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let broken = |kind| {
            let text = String::new();
            Err(TransportError { kind, text })
        };
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        let asked = Request {
            method: method.to_owned(),
            target: request.url[BASE_URL.len()..].to_owned(),
            headers: Vec::new(),
            body: request.body.clone().unwrap_or_default(),
        }
        .with_header("x-api-key", &self.fake.api_key())
        .with_header("x-requestid", &request.request_id)
        .with_header("content-type", "application/json");
        let asked = match &request.account {
            Some(account) => asked.with_header("harness-account", account),
            None => asked,
        };
        match self.fake.handle(&asked) {
            Reply::Http(answer) if answer.header("content-encoding").is_some() => {
                broken(TransportErrorKind::Decompress)
            }
            Reply::Http(answer) | Reply::SlowBody { answer, .. } => {
                let mut response = response(&answer);
                response.body = (self.spoil)(asked.path(), response.body);
                Ok(response)
            }
            Reply::Truncated { .. } | Reply::Reset => broken(TransportErrorKind::Reset),
            Reply::Stall | Reply::StalledBody(_) => {
                self.clock.advance(PATIENCE.min(request.timeout));
                broken(TransportErrorKind::Timeout)
            }
        }
    }
}

fn response(answer: &Answer) -> HttpResponse {
    let header = |name| answer.header(name).map(str::to_owned);
    HttpResponse {
        status: answer.status,
        content_type: header("content-type"),
        retry_after: header("retry-after"),
        location: header("location"),
        date: None,
        total: header("x-total-elements").and_then(|total| total.parse().ok()),
        body: answer.body.clone(),
    }
}

pub(crate) fn client(fake: &FakeHarness) -> Client {
    client_with(
        fake,
        &VirtualClock::new(),
        ClientOptions::default().max_per_minute,
    )
}

/// A client with a clock of the test's own and another pace.
pub(crate) fn client_with(fake: &FakeHarness, clock: &VirtualClock, max_per_minute: u32) -> Client {
    client_over(fake, clock, max_per_minute, Box::new(|_, body| body))
}

fn client_over(
    fake: &FakeHarness,
    clock: &VirtualClock,
    max_per_minute: u32,
    spoil: Spoil,
) -> Client {
    let transport = InProcess {
        fake: fake.clone(),
        clock: clock.clone(),
        spoil,
    };
    let options = ClientOptions {
        max_per_minute,
        clock: Arc::new(clock.clone()),
        ..ClientOptions::default()
    };
    let base = BaseUrl::parse(BASE_URL, false).unwrap();
    Client::new(Box::new(transport), base, fake.account_id(), options)
}

/// Observes organizations and projects too, without gaps.
pub(crate) fn everything(client: &Client, jobs: usize) -> Result<Observation, Failure> {
    let selection = ScopeSelection {
        depth: Depth::All,
        ..ScopeSelection::default()
    };
    let request = collect::ObservationRequest {
        selection: &selection,
        refuse_early: false,
        remembered: &Remembered::default(),
        before: &NothingBefore,
        jobs,
        progress: &Progress::default(),
    };
    collect::observe(client, &request)
}

pub(crate) fn identity(fake: &FakeHarness) -> Identity {
    Identity {
        account_id: fake.account_id(),
        base_url: BASE_URL.to_owned(),
    }
}

/// Observes as `sync` does.
pub(crate) fn observe(
    fake: &FakeHarness,
    accept_gaps: bool,
    remembered: &Remembered,
) -> Result<Observation, Error> {
    observe_with(&client(fake), accept_gaps, remembered)
}

/// Observes answers whose bodies were changed on the way.
pub(crate) fn observe_spoilt(
    fake: &FakeHarness,
    spoil: impl Fn(&str, Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
) -> Result<Observation, Error> {
    let pace = ClientOptions::default().max_per_minute;
    let client = client_over(fake, &VirtualClock::new(), pace, Box::new(spoil));
    observe_with(&client, true, &Remembered::default())
}

fn observe_with(
    client: &Client,
    accept_gaps: bool,
    remembered: &Remembered,
) -> Result<Observation, Error> {
    let request = collect::ObservationRequest {
        selection: &ScopeSelection::default(),
        refuse_early: !accept_gaps,
        remembered,
        before: &NothingBefore,
        jobs: 4,
        progress: &Progress::default(),
    };
    let observation = collect::observe(client, &request).map_err(explained)?;
    if accept_gaps {
        Ok(observation)
    } else {
        without_gaps(observation)
    }
}

/// Refuses gaps as `sync` does.
pub(crate) fn without_gaps(observation: Observation) -> Result<Observation, Error> {
    let reasons: BTreeSet<String> = observation
        .listings
        .iter()
        .filter(|listing| listing.state != ListingState::Complete)
        .map(|listing| {
            let reason = listing.state.reason().unwrap_or_default();
            format!("{} in {}: {reason}", listing.endpoint, listing.scope)
        })
        .collect();
    if reasons.is_empty() {
        return Ok(observation);
    }
    Err(Error::NotEnough {
        message: reasons.into_iter().collect::<Vec<_>>().join("\n"),
        hint: None,
    })
}

/// As the program reports it.
pub(crate) fn explained(failure: Failure) -> Error {
    match failure {
        Failure::Api(error) => Error::Api(error),
        Failure::NothingPermitted(error) => Error::Refused(error),
        Failure::MissingPermissions(missing) => Error::NotEnough {
            message: missing.join("\n"),
            hint: None,
        },
        Failure::UnknownScopes(scopes) => {
            unreachable!("nothing was named, but {scopes:?} is unknown")
        }
    }
}

/// Observes and stores as `sync` does.
pub(crate) fn sync(fake: &FakeHarness, path: &Path) -> Result<Published, Error> {
    let identity = identity(fake);
    let writer = Writer::open(path, &identity)?;
    let kinds = [ResourceType::Role, ResourceType::ResourceGroup];
    let remembered = Remembered {
        held: writer.held(&kinds)?,
        ever: writer.ever_listed(&kinds)?,
    };
    let observation = observe(fake, false, &remembered)?;
    Ok(writer.publish(&identity, observation, "0.0.0", None)?)
}

/// All that an observation holds, in text and in order, but what it cost.
pub(crate) fn told(observation: &Observation) -> Vec<String> {
    let id = |reference| observation.directory.id(reference).to_string();
    let mut told: Vec<String> = observation
        .resources
        .iter()
        .map(|resource| {
            let levels = observation.supplied_levels.get(&resource.id);
            let (name, details) = (&resource.name, resource.details.to_json());
            format!("{} {name:?} {details} {levels:?}", id(resource.id))
        })
        .collect();
    told.extend(observation.grants.iter().map(|grant| {
        let scope = grant
            .scope
            .map(|scope| observation.directory.scopes()[scope.index()].to_string());
        let assignment = grant
            .assignment
            .map(|text| observation.assignment_ids.get(text));
        format!(
            "{} {} {scope:?} {:?} {assignment:?} {:?} {}",
            id(grant.principal),
            id(grant.target),
            grant.resource_group.map(id),
            grant.created_at,
            grant.harness_managed
        )
    }));
    told.extend(observation.listings.iter().map(|listing| {
        let Listing {
            kind,
            scope,
            endpoint,
            state,
            reported_total,
            rows,
            ..
        } = listing;
        format!("{kind} {scope} {endpoint} {state:?} {reported_total:?} {rows}")
    }));
    told.push(format!(
        "{:?} {} {}",
        observation.caller, observation.scopes, observation.disabled_role_assignments
    ));
    told.sort_unstable();
    told
}
