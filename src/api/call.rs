//! What to ask: an endpoint, the scope it is asked about, and where that is in a message.

use std::fmt;
use std::time::SystemTime;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Rows asked for per page. Harness documents 100 as the maximum and enforces it on some lists, so always 100.
pub const PAGE_SIZE: u64 = 100;

/// One read of one endpoint, as the collector thinks of it. The client adds the account, the key and the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    path: String,
    org: Option<String>,
    project: Option<String>,
    query: Vec<(String, String)>,
    sort: Vec<String>,
    page: Option<PageAsked>,
    envelope: Envelope,
    account_in_header: bool,
    tries: Option<u32>,
}

/// Which page of a list to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageAsked {
    /// Counted from 0, in pages of `size`.
    pub index: u64,
    /// Rows of a page.
    pub size: u64,
}

/// Which member of the response holds what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Envelope {
    /// `{"status": "SUCCESS", "data": …}`: nearly every endpoint.
    #[default]
    Data,
    /// `{"resource": …}` without a status: authentication settings.
    Resource,
    /// None: the body is what was asked for, as everywhere under `/v1`.
    Bare,
}

impl Call {
    /// A call of `path` (such as `/authz/api/roles`) about the account.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            org: None,
            project: None,
            query: Vec::new(),
            sort: Vec::new(),
            page: None,
            envelope: Envelope::Data,
            account_in_header: false,
            tries: None,
        }
    }

    /// At most so many attempts: for a call whose failure has another way around it.
    #[must_use]
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = Some(tries);
        self
    }

    /// The limit set by [`tries`](Self::tries).
    #[must_use]
    pub fn max_tries(&self) -> Option<u32> {
        self.tries
    }

    /// Appends one segment to the path, encoded, so that no identifier can leave its place.
    #[must_use]
    pub fn segment(mut self, segment: &str) -> Self {
        self.path.push('/');
        encode_into(&mut self.path, segment);
        self
    }

    /// About an organization: sends `orgIdentifier`.
    #[must_use]
    pub fn in_org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// About a project of an organization: sends both, since Harness takes a project alone for the account.
    #[must_use]
    pub fn in_project(self, org: impl Into<String>, project: impl Into<String>) -> Self {
        let mut call = self.in_org(org);
        call.project = Some(project.into());
        call
    }

    /// Adds a query parameter; repeats are kept in order (`sortOrders`).
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Asks for rows in the order of a field, such as `identifier,ASC`. A server that refuses to sort is asked without.
    #[must_use]
    pub fn sort(mut self, order: impl Into<String>) -> Self {
        self.sort.push(order.into());
        self
    }

    /// Asks for one page.
    #[must_use]
    pub fn page(mut self, page: PageAsked) -> Self {
        self.page = Some(page);
        self
    }

    /// The path, by which endpoints are told apart.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether an order is asked for.
    pub(super) fn is_sorted(&self) -> bool {
        !self.sort.is_empty()
    }

    /// The same call without an order.
    pub(super) fn unsorted(mut self) -> Self {
        self.sort.clear();
        self
    }

    /// Says that the response comes in another envelope than [`Envelope::Data`].
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelope = envelope;
        self
    }

    /// Says the account in the header `Harness-Account` too, which the endpoints under `/v1` want.
    #[must_use]
    pub fn account_in_header(mut self) -> Self {
        self.account_in_header = true;
        self
    }

    /// Whether the account is wanted in a header.
    pub(super) fn wants_account_in_header(&self) -> bool {
        self.account_in_header
    }

    /// Which envelope the response comes in.
    #[must_use]
    pub fn expected_envelope(&self) -> Envelope {
        self.envelope
    }

    /// Where this call is, for messages and the ledger.
    #[must_use]
    pub fn site(&self, method: Method) -> CallSite {
        CallSite {
            endpoint: format!("{method} {}", self.path),
            scope: match (&self.org, &self.project) {
                (Some(org), Some(project)) => format!("org/{org}/project/{project}"),
                (Some(org), None) => format!("org/{org}"),
                _ => "account".to_owned(),
            },
            page: self.page.map(|page| page.index),
        }
    }

    /// Path and query, ready to be appended to a base URL.
    ///
    /// `accountIdentifier` is always there, because authentication takes the account from it, and `routingId`, a
    /// routing hint that Harness's own clients send.
    pub(super) fn path_and_query(&self, account: &str) -> String {
        let mut url = self.path.clone();
        let mut separator = '?';
        let mut push = |name: &str, value: &str| {
            url.push(separator);
            separator = '&';
            encode_into(&mut url, name);
            url.push('=');
            encode_into(&mut url, value);
        };
        push("routingId", account);
        push("accountIdentifier", account);
        if let Some(org) = &self.org {
            push("orgIdentifier", org);
        }
        if let Some(project) = &self.project {
            push("projectIdentifier", project);
        }
        if let Some(page) = self.page {
            push("pageIndex", &page.index.to_string());
            push("pageSize", &page.size.to_string());
        }
        for order in &self.sort {
            push("sortOrders", order);
        }
        for (name, value) in &self.query {
            push(name, value);
        }
        url
    }
}

/// The two methods that read. POST is used where Harness wants a filter in a body; nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST, with a JSON body
    Post,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
        })
    }
}

/// Where something happened: which endpoint, about which scope, on which page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSite {
    /// Method and path, such as `GET /authz/api/roles`.
    pub endpoint: String,
    /// `account`, `org/<org>` or `org/<org>/project/<project>`.
    pub scope: String,
    /// The page asked for, counted from 0; `None` for a call that is not paged.
    pub page: Option<u64>,
}

impl fmt::Display for CallSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.endpoint, self.scope)?;
        match self.page {
            Some(page) => write!(f, ", page {page}"),
            None => Ok(()),
        }
    }
}

/// What a call returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<T> {
    /// What was asked for, out of its envelope.
    pub data: T,
    /// Requests this took: 1, and one more for each retry.
    pub attempts: u32,
    /// Size of the body, unpacked.
    pub bytes: usize,
    /// The server's clock, if it says.
    pub server_date: Option<SystemTime>,
    /// How many rows there are in all, where a header says it.
    pub total: Option<u64>,
}

/// Everything but the characters RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encode_into(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_and_routing_hint_are_always_sent() {
        assert_eq!(
            Call::new("/authz/api/roles").path_and_query("-AcC_"),
            "/authz/api/roles?routingId=-AcC_&accountIdentifier=-AcC_"
        );
    }

    #[test]
    fn scope_page_and_repeated_parameters_keep_their_order() {
        let call = Call::new("/x")
            .in_project("o 1", "p$")
            .page(PageAsked {
                index: 3,
                size: 100,
            })
            .sort("orgIdentifier,ASC")
            .sort("identifier,ASC");
        assert_eq!(
            call.path_and_query("A"),
            "/x?routingId=A&accountIdentifier=A&orgIdentifier=o%201&projectIdentifier=p%24&pageIndex=3&pageSize=100\
             &sortOrders=orgIdentifier%2CASC&sortOrders=identifier%2CASC"
        );
        assert_eq!(
            call.site(Method::Get).to_string(),
            "GET /x in org/o 1/project/p$, page 3"
        );
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let call = Call::new("/ng/api/accounts").segment("../a?b#c");
        assert_eq!(
            call.site(Method::Get).endpoint,
            "GET /ng/api/accounts/..%2Fa%3Fb%23c"
        );
    }
}
