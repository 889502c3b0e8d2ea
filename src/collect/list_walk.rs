//! Reading one list: what a listing's `read` gets, and what it gives.

use std::hash::{DefaultHasher, Hash};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::assignments::Assignments;
use super::endpoint::Endpoint;
use super::rows::{ListScope, ListedResource, Row};
use crate::api::call::{Call, Envelope, Method};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::page::{RowSink, Walked};

/// A list about to be read.
pub(crate) struct ListWalk<'a> {
    client: &'a Client,
    method: Method,
    call: Call,
    scope: ListScope,
}

/// The rows of a list, mapped.
#[derive(Debug)]
pub(crate) enum Rows {
    Resources(Vec<ListedResource>),
    Assignments(Box<Assignments>),
}

/// What reading a list gave.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) rows: Rows,
    pub(crate) walked: Walked,
    /// Rows that Harness says exist, where the endpoint says so.
    pub(crate) reported_total: Option<u64>,
}

impl<'a> ListWalk<'a> {
    pub(super) fn new(
        client: &'a Client,
        endpoint: &Endpoint,
        scope: ListScope,
        tries: Option<u32>,
    ) -> Self {
        let call = endpoint.call(client.account_id(), scope.asked());
        Self {
            client,
            method: endpoint.method,
            call: match tries {
                Some(tries) => call.tries(tries),
                None => call,
            },
            scope,
        }
    }

    /// The account.
    pub(crate) fn account_id(&self) -> &str {
        self.client.account_id()
    }

    /// What is asked for.
    pub(crate) fn scope(&self) -> &ListScope {
        &self.scope
    }

    /// A list of resources, page by page.
    pub(crate) fn resources<R: Row>(&self) -> Result<Read, ApiError> {
        let mut mapped = Mapped {
            scope: &self.scope,
            listed: Vec::new(),
        };
        let walked = self.walk(&serde_json::json!({}), R::key, &mut mapped)?;
        Ok(Read::paged(Rows::Resources(mapped.listed), walked))
    }

    /// One resource in one answer.
    pub(crate) fn one<T: DeserializeOwned>(
        &self,
        envelope: Envelope,
        map: impl FnOnce(T) -> ListedResource,
    ) -> Result<Read, ApiError> {
        let reply = self
            .client
            .get::<T>(&self.call.clone().envelope(envelope))?;
        let walked = Walked {
            rows: 1,
            pages: 1,
            requests: u64::from(reply.attempts),
            retries: u64::from(reply.attempts.saturating_sub(1)),
            ..Walked::default()
        };
        Ok(Read {
            rows: Rows::Resources(vec![map(reply.data)]),
            walked,
            reported_total: None,
        })
    }

    /// Nothing: what is no list is read elsewhere.
    #[expect(clippy::unnecessary_wraps, reason = "it stands where lists are read")]
    pub(crate) fn read_elsewhere() -> Result<Read, ApiError> {
        Ok(Read {
            rows: Rows::Resources(Vec::new()),
            walked: Walked::default(),
            reported_total: None,
        })
    }

    /// The body is optional to the specification, but some servers fail without one.
    pub(crate) fn walk<R: DeserializeOwned + Hash>(
        &self,
        body: &impl Serialize,
        key: impl Fn(&R, &mut DefaultHasher),
        sink: &mut impl RowSink<R>,
    ) -> Result<Walked, ApiError> {
        match self.method {
            Method::Get => self.client.walk_get(&self.call, key, sink),
            Method::Post => self.client.walk_post(&self.call, body, key, sink),
        }
    }
}

impl Read {
    pub(crate) fn paged(rows: Rows, walked: Walked) -> Self {
        let reported_total = walked.reported_total;
        Self {
            rows,
            walked,
            reported_total,
        }
    }
}

struct Mapped<'a> {
    scope: &'a ListScope,
    listed: Vec<ListedResource>,
}

impl<R: Row> RowSink<R> for Mapped<'_> {
    fn restart(&mut self) {
        self.listed.clear();
    }

    fn rows(&mut self, rows: Vec<R>) -> Result<(), String> {
        for row in rows {
            self.listed.push(row.listed(self.scope)?);
        }
        Ok(())
    }
}
