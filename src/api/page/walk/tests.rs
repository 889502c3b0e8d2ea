use super::*;
use crate::api::call::Method;
use crate::api::error::{ApiErrorKind, ErrorBody};
use crate::api::http::transport::{TransportError, TransportErrorKind};

/// A list that pages are cut from, and how it is served.
#[derive(Clone)]
struct Served {
    /// Rows by walk; the last one stays.
    walks: Vec<Vec<u32>>,
    /// The total it reports: `None` does not report one.
    total: fn(rows: usize, page: u64) -> Option<i64>,
    /// Rows of its largest page.
    most: u64,
}

fn served(rows: impl IntoIterator<Item = u32>) -> Served {
    Served {
        walks: vec![rows.into_iter().collect()],
        total: |rows, _| i64::try_from(rows).ok(),
        most: 100,
    }
}

impl Served {
    fn first(mut self, rows: impl IntoIterator<Item = u32>) -> Self {
        self.walks.insert(0, rows.into_iter().collect());
        self
    }

    fn total(self, total: fn(usize, u64) -> Option<i64>) -> Self {
        Self { total, ..self }
    }

    fn page(&self, walk: usize, asked: PageAsked) -> Page<u32> {
        let rows = &self.walks[walk.min(self.walks.len() - 1)];
        let size = asked.size.min(self.most);
        let start = usize::try_from(asked.index * size).expect("small");
        let content: Vec<u32> = rows
            .iter()
            .copied()
            .skip(start)
            .take(usize::try_from(size).expect("small"))
            .collect();
        Page {
            content,
            has_content: true,
            unreadable: Vec::new(),
            total_pages: i64::try_from((rows.len() as u64).div_ceil(size)).ok(),
            total_items: (self.total)(rows.len(), asked.index),
            page_size: i64::try_from(size).ok(),
            page_index: i64::try_from(asked.index).ok(),
        }
    }
}

fn site() -> CallSite {
    CallSite {
        endpoint: "GET /x".to_owned(),
        scope: "account".to_owned(),
        page: None,
    }
}

fn reply(data: Page<u32>) -> Reply<Page<u32>> {
    Reply {
        data,
        attempts: 1,
        bytes: 100,
        server_date: None,
        total: None,
    }
}

fn failure(kind: ApiErrorKind) -> ApiError {
    ApiError::new(crate::api::call::Call::new("/x").site(Method::Get), 1, kind)
}

const OPTIONS: WalkOptions = WalkOptions {
    most_pages: None,
    unordered: false,
    max_bytes: u64::MAX,
};

type Fetched = Result<Reply<Page<u32>>, ApiError>;

/// Walks what `fetch` serves; every page 0 begins another walk.
fn walk_with(
    options: WalkOptions,
    fetch: impl Fn(usize, PageAsked) -> Fetched,
) -> (Result<Walked, ApiError>, Vec<u32>) {
    let mut walks = 0;
    let mut rows = Vec::new();
    let fetch = |asked: PageAsked| {
        walks += usize::from(asked.index == 0);
        fetch(walks - 1, asked)
    };
    let result = walk(&site(), fetch, options, u32::hash, &mut rows);
    rows.sort_unstable();
    (result, rows)
}

fn walk_over(served: &Served) -> (Walked, Vec<u32>) {
    let (walked, rows) = walk_with(OPTIONS, |walk, asked| Ok(reply(served.page(walk, asked))));
    (walked.expect("no failure"), rows)
}

fn inconsistent(walked: &Walked) -> &str {
    match walked.gaps.as_slice() {
        [WalkGap::Inconsistent { reason, walks: 4 }] => reason,
        gaps => panic!("{gaps:?}"),
    }
}

#[test]
fn lists_of_every_size_are_walked_to_their_end() {
    for total in [0, 1, 99, 100, 101, 200, 205, 1_000] {
        let (walked, rows) = walk_over(&served(0..total));
        assert!(walked.is_whole(), "{total}: {walked:?}");
        assert_eq!(rows, (0..total).collect::<Vec<_>>());
        assert_eq!(walked.rows, u64::from(total));
        assert_eq!(walked.reported_total, Some(u64::from(total)));
        assert_eq!(walked.requests, u64::from(total.div_ceil(100).max(1)));
        assert_eq!((walked.retries, walked.rewalks), (0, 0));
    }
}

#[test]
fn smaller_pages_than_asked_for_are_followed() {
    let small = Served {
        most: 10,
        ..served(0..205)
    };
    let (walked, rows) = walk_over(&small);
    assert!(walked.is_whole());
    assert_eq!((rows.len(), walked.pages, walked.rewalks), (205, 21, 0));
}

#[test]
fn larger_pages_than_asked_for_are_taken() {
    let (walked, rows) = walk_with(OPTIONS, |_, _| {
        let mut page = served(0..205).page(0, PageAsked { index: 0, size: 50 });
        page.content = (0..205).collect();
        Ok(reply(page))
    });
    assert!(walked.expect("no failure").is_whole());
    assert_eq!(rows.len(), 205);
}

#[test]
fn counts_that_are_wrong_do_no_harm_where_the_total_is_right() {
    let (walked, rows) = walk_with(OPTIONS, |walk, asked| {
        Ok(reply(Page {
            total_pages: Some(-4),
            page_size: Some(0),
            page_index: Some(7),
            ..served(0..205).page(walk, asked)
        }))
    });
    let walked = walked.expect("no failure");
    assert!(walked.is_whole());
    assert_eq!((rows.len(), walked.requests), (205, 3));
}

#[test]
fn filtered_to_nothing_is_told_from_empty() {
    let (walked, _) = walk_with(OPTIONS, |walk, asked| {
        Ok(reply(Page {
            page_size: Some(0),
            total_pages: Some(1),
            ..served([]).page(walk, asked)
        }))
    });
    let walked = walked.expect("no failure");
    assert!(walked.filtered_to_nothing && walked.is_whole());
    assert!(!walk_over(&served([])).0.filtered_to_nothing);
}

#[test]
fn a_list_that_changes_during_the_walk_is_read_again() {
    // Row 150 came in after the first page: row 99 is on two pages.
    let shifted = (0..99).chain([99, 99]).chain(100..204);
    let (walked, rows) = walk_over(&served(0..206).first(shifted));
    assert!(walked.is_whole());
    assert_eq!(rows, (0..206).collect::<Vec<_>>());
    assert!(walked.rewalks >= 1);
}

#[test]
fn rows_of_an_abandoned_walk_that_are_gone_do_not_stay() {
    let (walked, rows) = walk_over(
        &served(0..205)
            .first(0..300)
            .total(|rows, page| i64::try_from(if rows == 300 { 300 + page } else { 205 }).ok()),
    );
    assert!(walked.is_whole());
    assert_eq!((rows, walked.rows), ((0..205).collect::<Vec<_>>(), 205));
}

#[test]
fn without_a_total_two_walks_must_agree() {
    let (walked, rows) = walk_over(&served(0..205).total(|_, _| None));
    assert!(walked.is_whole());
    assert_eq!(
        (rows.len(), walked.rewalks, walked.reported_total),
        (205, 1, None)
    );

    let growing = Served {
        walks: (200..210).map(|rows| (0..rows).collect()).collect(),
        ..served([]).total(|_, _| None)
    };
    let (walked, rows) = walk_over(&growing);
    assert_eq!(inconsistent(&walked), "the total is not reported");
    assert_eq!(rows, (0..203).collect::<Vec<_>>());
}

#[test]
fn without_an_order_two_walks_must_agree_unless_one_page_holds_all() {
    let unordered = WalkOptions {
        unordered: true,
        ..OPTIONS
    };
    for (total, rewalks) in [(60, 0), (205, 1)] {
        let served = served(0..total);
        let (walked, rows) =
            walk_with(unordered, |walk, asked| Ok(reply(served.page(walk, asked))));
        let walked = walked.expect("no failure");
        assert!(walked.is_whole());
        assert_eq!((rows.len(), walked.rewalks), (total as usize, rewalks));
    }
}

#[test]
fn a_total_that_is_off_for_ever_is_a_gap_and_no_row_is_dropped() {
    let (walked, rows) = walk_over(&served(0..205).total(|_, _| Some(207)));
    assert_eq!(inconsistent(&walked), "205 rows received, 207 reported");
    assert_eq!((rows.len(), walked.rows), (205, 205));
}

#[test]
fn a_total_that_changes_in_every_walk_is_a_gap_with_the_rows_of_all_walks() {
    let busy = Served {
        walks: (0..4).map(|walk| (walk..900 + walk).collect()).collect(),
        ..served([]).total(|_, page| i64::try_from(900 + page).ok())
    };
    let (walked, rows) = walk_over(&busy);
    assert!(inconsistent(&walked).starts_with("the total changed from "));
    assert_eq!(rows, (0..903).collect::<Vec<_>>());
    assert_eq!(walked.rows, 903);
}

#[test]
fn a_row_that_is_there_twice_is_one_row() {
    let twice = || (0..120).chain([5]).chain(120..205);
    // Counted twice by the server, and counted once.
    for total in [|_, _| Some(206), |_, _| Some(205)] {
        let (walked, rows) = walk_over(&served(twice()).total(total));
        assert!(walked.is_whole(), "{walked:?}");
        assert_eq!(rows, (0..205).collect::<Vec<_>>());
    }
}

#[test]
fn a_row_that_takes_the_place_of_another_gives_itself_away() {
    // Pages of 100 show row 99 twice and row 100 never, in every walk.
    let (walked, rows) = walk_with(OPTIONS, |_, asked| {
        let shift = i64::from(asked.size == 100 && asked.index > 0);
        let mut page = served(0..205).page(0, asked);
        for row in &mut page.content {
            if *row == 100 {
                *row -= u32::try_from(shift).expect("0 or 1");
            }
        }
        Ok(reply(page))
    });
    assert!(walked.expect("no failure").is_whole());
    assert_eq!(rows, (0..205).collect::<Vec<_>>());
}

#[test]
fn a_page_without_content_is_empty_only_when_nothing_is_missing() {
    let without = |total| {
        walk_with(OPTIONS, move |walk, asked| {
            Ok(reply(Page {
                has_content: false,
                total_items: total,
                ..served([]).page(walk, asked)
            }))
        })
        .0
        .expect("no failure")
    };
    assert!(without(Some(0)).is_whole());
    assert_eq!(
        inconsistent(&without(None)),
        "a page has no rows (content is missing)"
    );
    assert_eq!(
        inconsistent(&without(Some(3))),
        "a page has no rows (content is missing)"
    );
}

#[test]
fn rows_that_cannot_be_read_are_a_gap_and_need_no_other_walk() {
    let (walked, rows) = walk_with(OPTIONS, |_, asked| {
        let mut page = served(0..205).page(0, asked);
        if page.content.pop() == Some(199) {
            page.unreadable.push("row 100 (x): null".to_owned());
        } else {
            page = served(0..205).page(0, asked);
        }
        Ok(reply(page))
    });
    let walked = walked.expect("no failure");
    let first = "row 100 (x): null (on page 2)".to_owned();
    assert_eq!(walked.gaps, [WalkGap::Unreadable { rows: 1, first }]);
    assert_eq!((rows.len(), walked.requests), (204, 3));
}

#[test]
fn pages_that_never_end_are_cut_off() {
    let (walked, rows) = walk_with(OPTIONS, |_, asked| {
        let mut page = served(0..205).page(0, PageAsked { index: 0, ..asked });
        page.content = vec![u32::try_from(asked.index).expect("small")];
        page.total_items = Some(1_000_000_000);
        page.total_pages = Some(1_000_000_000);
        if asked.index == 300 {
            page.content.clear();
        }
        Ok(reply(page))
    });
    assert!(!walked.expect("no failure").is_whole());
    assert_eq!(rows.len(), 300);
}

#[test]
fn a_page_that_repeats_is_not_the_rest() {
    let (walked, rows) = walk_with(OPTIONS, |_, asked| {
        Ok(reply(
            served(0..205).page(0, PageAsked { index: 0, ..asked }),
        ))
    });
    assert_eq!(
        inconsistent(&walked.expect("no failure")),
        "a row was received twice"
    );
    assert_eq!(rows, (0..100).collect::<Vec<_>>());
}

#[test]
fn too_large_a_page_is_asked_for_in_smaller_ones() {
    let (walked, rows) = walk_with(OPTIONS, |walk, asked| {
        if asked.size > 25 && asked.index > 0 {
            let kind = TransportErrorKind::TooLarge;
            let text = String::new();
            return Err(failure(ApiErrorKind::Transport(TransportError {
                kind,
                text,
            })));
        }
        Ok(reply(served(0..205).page(walk, asked)))
    });
    let walked = walked.expect("no failure");
    assert!(walked.is_whole(), "{walked:?}");
    assert_eq!((rows.len(), walked.rewalks), (205, 0));
}

#[test]
fn a_page_that_fails_for_good_is_a_gap_and_the_others_are_read() {
    let down = || failure(ApiErrorKind::Server(ErrorBody::default()));
    let (walked, rows) = walk_with(OPTIONS, |walk, asked| match asked.index {
        1 => Err(down()),
        _ => Ok(reply(served(0..305).page(walk, asked))),
    });
    let walked = walked.expect("no failure");
    assert!(
        matches!(walked.gaps[..], [WalkGap::Page { page: 1, .. }]),
        "{walked:?}"
    );
    assert_eq!((rows.len(), walked.rewalks), (205, 0));

    let first = walk_with(OPTIONS, |_, _| Err(down()))
        .0
        .expect_err("nothing was read");
    assert_eq!(first.walked.expect("a walk").requests, 1);
}

#[test]
fn what_ends_the_run_ends_the_walk() {
    let (walked, _) = walk_with(OPTIONS, |walk, asked| match asked.index {
        1 => Err(failure(ApiErrorKind::Cancelled)),
        _ => Ok(reply(served(0..305).page(walk, asked))),
    });
    assert_eq!(
        *walked.expect_err("cancelled").kind,
        ApiErrorKind::Cancelled
    );
}

#[test]
fn a_list_that_would_fill_the_memory_is_cut_off() {
    let small = WalkOptions {
        max_bytes: 250,
        ..OPTIONS
    };
    let (walked, rows) = walk_with(small, |walk, asked| {
        Ok(reply(served(0..1_000).page(walk, asked)))
    });
    assert_eq!(
        walked.expect("no failure").gaps,
        [WalkGap::TooLarge { limit: 250 }]
    );
    assert_eq!(rows.len(), 300);
}

#[test]
fn an_objection_of_the_receiver_is_a_gap() {
    struct Objects;
    impl RowSink<u32> for Objects {
        fn restart(&mut self) {}
        fn rows(&mut self, _: Vec<u32>) -> Result<(), String> {
            Err("a row of another scope".to_owned())
        }
    }
    let fetch = |asked| Ok(reply(served(0..5).page(0, asked)));
    let walked = walk(&site(), fetch, OPTIONS, u32::hash, &mut Objects).expect("no failure");
    assert_eq!(
        walked.gaps[0].to_string(),
        "invalid response: a row of another scope"
    );
}
