//! How one list is asked for.

use crate::api::call::{Call, Method};
use crate::model::Scope;

/// Attempts at a question about a single thing: the list that it is about has been read already.
pub(crate) const FEW_TRIES: u32 = 2;

/// Method, path and parameters of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// GET or POST.
    pub method: Method,
    /// `{account}` at the end stands for the account.
    pub path: &'static str,
    /// Harness pages over lists without a total default order, so rows could repeat or vanish between pages; each is
    /// asked for in the order of unique fields. A direction must be said: it defaults to descending.
    pub sort: &'static [&'static str],
    /// Parameters without which the list would be another.
    pub query: &'static [(&'static str, &'static str)],
    /// Parameters whose default would not be safe to rely on, but which a server may not know. Asked without, each row
    /// is judged by its own scope.
    pub filter: &'static [(&'static str, &'static str)],
}

impl Endpoint {
    /// A list that is read with GET.
    pub(crate) const fn get(path: &'static str, sort: &'static [&'static str]) -> Self {
        Self {
            method: Method::Get,
            path,
            sort,
            query: &[],
            filter: &[],
        }
    }

    /// A list that is read with POST.
    pub(crate) const fn post(path: &'static str, sort: &'static [&'static str]) -> Self {
        Self {
            method: Method::Post,
            ..Self::get(path, sort)
        }
    }

    /// The same list with parameters.
    pub(crate) const fn with(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    /// The same list with parameters that may be left out.
    pub(crate) const fn filtered(self, filter: &'static [(&'static str, &'static str)]) -> Self {
        Self { filter, ..self }
    }

    /// The same list without these.
    pub(crate) fn unfiltered(&self) -> Self {
        self.clone().filtered(&[])
    }

    /// The call that lists a scope, without page.
    pub(crate) fn call(&self, account: &str, scope: &Scope) -> Call {
        let call = match self.path.strip_suffix("/{account}") {
            Some(path) => Call::new(path).segment(account),
            None => Call::new(self.path),
        };
        let mut call = match scope {
            Scope::Account | Scope::Harness => call,
            Scope::Organization { org } => call.in_org(org),
            Scope::Project { org, project } => call.in_project(org, project),
        };
        for sort in self.sort {
            call = call.sort(*sort);
        }
        for (name, value) in self.query.iter().chain(self.filter) {
            call = call.query(*name, *value);
        }
        call
    }

    /// Method and path, for the ledger.
    pub(crate) fn name(&self, account: &str) -> String {
        self.call(account, &Scope::Account)
            .site(self.method)
            .endpoint
    }
}
