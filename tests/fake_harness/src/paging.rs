//! Pages, as the services cut them: 0-based, 50 by default, refused rather than clamped above 100.

use serde::Serialize;

use crate::http::{Answer, Query};
use crate::shapes::{self, Result};

const LARGEST: i64 = 100;

#[derive(Clone, Debug)]
pub struct PageRequest {
    pub index: usize,
    pub size: usize,
    pub sort: Vec<SortOrder>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortOrder {
    pub field: String,
    pub ascending: bool,
}

impl SortOrder {
    /// Without a direction, or with an unknown one, Harness sorts descending.
    fn parse(text: &str) -> Option<Self> {
        let (field, direction) = text.split_once(',').unwrap_or((text, ""));
        let ascending = direction.trim().eq_ignore_ascii_case("ASC");
        (!field.trim().is_empty()).then(|| Self {
            field: field.trim().into(),
            ascending,
        })
    }

    pub fn descending(field: &str) -> Self {
        Self {
            field: field.into(),
            ascending: false,
        }
    }

    pub fn ascending(field: &str) -> Self {
        Self {
            field: field.into(),
            ascending: true,
        }
    }
}

impl PageRequest {
    pub fn from_query(query: &Query, larger_pages: bool, correlation: &str) -> Result<Self> {
        let number = |name: &str, default: i64| match query.get(name) {
            None | Some("") => Ok(default),
            // JAX-RS answers a number it cannot read as if the path did not exist.
            Some(text) => text
                .parse()
                .map_err(|_| shapes::not_found(400, "HTTP 404 Not Found", correlation)),
        };
        let (index, size) = (number("pageIndex", 0)?, number("pageSize", 50)?);
        if size > LARGEST && !larger_pages {
            return Err(shapes::invalid_field(
                "pageSize",
                "must be less than or equal to 100",
                correlation,
            ));
        }
        match (usize::try_from(index), usize::try_from(size)) {
            (Ok(index), Ok(size @ 1..)) => Ok(Self {
                index,
                size,
                sort: query
                    .all("sortOrders")
                    .filter_map(SortOrder::parse)
                    .collect(),
            }),
            _ => Err(shapes::unknown_error()),
        }
    }
}

/// How a fault bends the window of one page without touching the account: a row that came or went before this page
/// shifts what it shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bend {
    pub shift: isize,
    pub total: i64,
    pub previous_page: bool,
    pub endless: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "as on the wire")]
pub(crate) struct Page<T> {
    total_pages: i64,
    total_items: i64,
    page_item_count: usize,
    page_size: usize,
    pub content: Vec<T>,
    page_index: usize,
    empty: bool,
    page_token: Option<()>,
}

/// The page that was asked for, from `total` rows of which `row` makes one.
pub(crate) fn page<T>(
    request: &PageRequest,
    total: usize,
    bend: Bend,
    row: impl FnMut(usize) -> T,
) -> Page<T> {
    let size = request.size;
    let pages = total.div_ceil(size);
    let index = match request.index {
        index if bend.previous_page => index.saturating_sub(1),
        index if bend.endless => index % pages.max(1),
        index => index,
    };
    let start = index
        .saturating_mul(size)
        .saturating_add_signed(bend.shift)
        .min(total);
    let end = start.saturating_add(size).min(total);
    let content: Vec<T> = (start..end).map(row).collect();
    let reported = if bend.endless {
        100_000_000
    } else {
        total as i64 + bend.total
    };
    Page {
        total_pages: (reported.max(0) as u64).div_ceil(size as u64) as i64,
        total_items: reported,
        page_item_count: content.len(),
        page_size: size,
        empty: content.is_empty(),
        content,
        page_index: request.index,
        page_token: None,
    }
}

/// What the services answer when permission filtering left nothing: one page of size nought.
pub(crate) fn filtered_to_nothing(correlation: &str) -> Answer {
    let page: Page<()> = Page {
        total_pages: 1,
        total_items: 0,
        page_item_count: 0,
        page_size: 0,
        content: Vec::new(),
        page_index: 0,
        empty: true,
        page_token: None,
    };
    shapes::success(page, correlation)
}
