//! Reading one list: what a listing's `read` gets, and what it gives.

use std::hash::Hash;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::assignments::Assignments;
use super::endpoint::Endpoint;
use super::rows::{ListScope, ListedResource, Row, not_of};
use crate::api::call::{Call, Envelope, Method};
use crate::api::client::Client;
use crate::api::error::ApiError;
use crate::api::http::quote::quote;
use crate::api::misfit;
use crate::api::page::{RowKey, RowSink, Walked};
use crate::model::ResourceId;

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
pub(crate) struct ListRead {
    pub(crate) rows: Rows,
    pub(crate) walked: Walked,
    /// Rows that Harness says exist, where the endpoint says so.
    pub(crate) reported_total: Option<u64>,
    /// Why rows are missing.
    pub(crate) defects: Vec<String>,
    /// The list shows nothing but these, which live in scopes above.
    pub(crate) only_inherited: Vec<ResourceId>,
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
    pub(crate) fn resources<R: Row>(&self) -> Result<ListRead, ApiError> {
        let mut mapped = Mapped {
            account: self.account_id(),
            scope: &self.scope,
            listed: Vec::new(),
            unreadable: Vec::new(),
        };
        let walked = self.walk(&serde_json::json!({}), R::key, &mut mapped)?;
        let Mapped {
            listed, unreadable, ..
        } = mapped;
        let is_own = |resource: &ListedResource| self.scope.is_own(resource);
        let only_inherited = if listed.iter().any(is_own) {
            Vec::new()
        } else {
            listed.iter().map(|resource| resource.id.clone()).collect()
        };
        Ok(ListRead {
            only_inherited,
            ..ListRead::paged(Rows::Resources(listed), walked, &unreadable)
        })
    }

    /// One resource in one answer, or why it is not the one that was asked for.
    pub(crate) fn one<T: DeserializeOwned>(
        &self,
        envelope: Envelope,
        map: impl FnOnce(T) -> Result<ListedResource, String>,
    ) -> Result<ListRead, ApiError> {
        let call = self.call.clone().envelope(envelope);
        let (data, attempts) = self.answer::<T>(&call)?;
        Ok(match map(data) {
            Ok(resource) => ListRead::of_one_answer(attempts, vec![resource], &[]),
            Err(reason) => ListRead::of_one_answer(attempts, Vec::new(), &[reason]),
        })
    }

    /// Resources in one answer without pages.
    pub(crate) fn array<T: DeserializeOwned>(
        &self,
        map: impl Fn(T) -> Option<ListedResource>,
    ) -> Result<ListRead, ApiError> {
        let (rows, attempts) = self.answer::<Vec<Value>>(&self.call)?;
        let (mut listed, mut unreadable) = (Vec::new(), Vec::new());
        for (at, value) in rows.iter().enumerate() {
            let wrong = match misfit::read(value).map(&map) {
                Ok(Some(resource)) => {
                    listed.push(resource);
                    continue;
                }
                Ok(None) => "it does not say what it is about".to_owned(),
                Err(wrong) => quote(&wrong),
            };
            unreadable.push(format!("row {}: {wrong}", at + 1));
        }
        listed.sort_unstable_by(|a, b| a.id.cmp(&b.id)); // Harness sends sets in any order
        Ok(ListRead::of_one_answer(attempts, listed, &unreadable))
    }

    /// Nothing: what is no list is read elsewhere.
    #[expect(clippy::unnecessary_wraps, reason = "it stands where lists are read")]
    pub(crate) fn read_elsewhere() -> Result<ListRead, ApiError> {
        Ok(ListRead {
            reported_total: None,
            ..ListRead::paged(Rows::Resources(Vec::new()), Walked::default(), &[])
        })
    }

    fn answer<T: DeserializeOwned>(&self, call: &Call) -> Result<(T, u32), ApiError> {
        let reply = self.client.get::<T>(call)?;
        Ok((reply.data, reply.attempts))
    }

    /// The body is optional to the specification, but some servers fail without one.
    pub(crate) fn walk<R: DeserializeOwned + Hash>(
        &self,
        body: &impl Serialize,
        key: impl Fn(&R, &mut RowKey),
        sink: &mut impl RowSink<R>,
    ) -> Result<Walked, ApiError> {
        match self.method {
            Method::Get => self.client.walk_get(&self.call, key, sink),
            Method::Post => self.client.walk_post(&self.call, body, key, sink),
        }
    }
}

impl ListRead {
    pub(crate) fn paged(rows: Rows, walked: Walked, unreadable: &[String]) -> Self {
        let reported_total = walked.reported_total;
        let gaps = walked.gaps.iter().map(ToString::to_string);
        let defects = gaps.chain(unreadable_rows(unreadable)).collect();
        Self {
            rows,
            walked,
            reported_total,
            defects,
            only_inherited: Vec::new(),
        }
    }

    fn of_one_answer(attempts: u32, listed: Vec<ListedResource>, unreadable: &[String]) -> Self {
        let walked = Walked {
            rows: listed.len() as u64,
            pages: 1,
            requests: u64::from(attempts),
            retries: u64::from(attempts.saturating_sub(1)),
            ..Walked::default()
        };
        Self {
            reported_total: None,
            ..Self::paged(Rows::Resources(listed), walked, unreadable)
        }
    }
}

fn unreadable_rows(reasons: &[String]) -> Option<String> {
    let first = reasons.first()?;
    Some(match reasons.len() {
        1 => format!("one row cannot be read: {first}"),
        count => format!("{count} rows cannot be read; the first: {first}"),
    })
}

struct Mapped<'a> {
    account: &'a str,
    scope: &'a ListScope,
    listed: Vec<ListedResource>,
    unreadable: Vec<String>,
}

impl<R: Row> RowSink<R> for Mapped<'_> {
    fn restart(&mut self) {
        self.listed.clear();
        self.unreadable.clear();
    }

    fn rows(&mut self, rows: Vec<R>) -> Result<(), String> {
        for row in rows {
            match self.map(row) {
                Ok(resource) => self.listed.push(resource),
                Err(wrong) => self.unreadable.push(wrong),
            }
        }
        Ok(())
    }
}

impl Mapped<'_> {
    fn map<R: Row>(&self, row: R) -> Result<ListedResource, String> {
        let other = row.account().filter(|said| *said != self.account);
        let other = other.map(str::to_owned);
        let resource = row.listed(self.scope)?;
        not_of(self.account, other.as_deref(), || resource.id.to_string())?;
        if self.scope.may_hold(&resource) {
            return Ok(resource);
        }
        let asked = self.scope.asked();
        Err(format!("{} was in the list of {asked}", resource.id))
    }
}
