//! One page of a list, as Harness wraps it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::api::wire::lenient::count;

/// One page of a list. Every count may be missing; a count that is a text is read as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub content: Vec<T>,
    /// Whether the member `content` was there at all; some servers leave it out of an empty page.
    pub has_content: bool,
    /// Why further rows of this page could not be read, one sentence for each.
    pub unreadable: Vec<String>,
    /// Pages of the list; 1 for a list that was filtered to nothing.
    pub total_pages: Option<i64>,
    /// Rows of the list, as counted for this very request.
    pub total_items: Option<i64>,
    /// The size asked for; 0 when the list was filtered to nothing.
    pub page_size: Option<i64>,
    /// Which page this is, from 0.
    pub page_index: Option<i64>,
}

impl<T> Page<T> {
    /// Whether this is how Harness shows a list from which permission filtering took everything.
    #[must_use]
    pub fn is_filtered_to_nothing(&self) -> bool {
        self.page_size == Some(0)
            && self.total_pages == Some(1)
            && self.total_items == Some(0)
            && self.content.is_empty()
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: Deserialize<'de>")]
struct Members<T> {
    #[serde(default = "none")]
    content: Option<Vec<T>>,
    #[serde(default, deserialize_with = "count")]
    total_pages: Option<i64>,
    #[serde(default, deserialize_with = "count")]
    total_items: Option<i64>,
    #[serde(default, deserialize_with = "count")]
    page_size: Option<i64>,
    #[serde(default, deserialize_with = "count")]
    page_index: Option<i64>,
}

fn none<T>() -> Option<T> {
    None
}

impl<T> From<Members<T>> for Page<T> {
    fn from(page: Members<T>) -> Self {
        Self {
            has_content: page.content.is_some(),
            content: page.content.unwrap_or_default(),
            unreadable: Vec::new(),
            total_pages: page.total_pages,
            total_items: page.total_items,
            page_size: page.page_size,
            page_index: page.page_index,
        }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self {
            content: Vec::new(),
            has_content: false,
            unreadable: Vec::new(),
            total_pages: None,
            total_items: None,
            page_size: None,
            page_index: None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Object(PhantomData))
    }
}

/// An object only: derived decoders take an array for one too, and its first entry for the rows.
struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Page<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Page<T>, A::Error> {
        Members::deserialize(MapAccessDeserializer::new(map)).map(Page::from)
    }
}
