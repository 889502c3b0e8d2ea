//! Workers: a few threads that take tasks from one queue.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::plan::{Task, each};
use super::walk::{self, Listed};
use crate::api::client::Client;
use crate::api::error::{ApiError, ApiErrorKind};
use crate::model::{ListingKind, Scope};

/// How far the work is; read by whoever shows it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Tasks planned so far.
    pub planned: AtomicU64,
    /// Tasks done.
    pub done: AtomicU64,
    /// Rows seen.
    pub rows: AtomicU64,
}

/// What a task needs.
pub(super) struct Office<'a> {
    pub(super) client: &'a Client,
    pub(super) scopes: &'a [Scope],
    pub(super) accept_gaps: bool,
    pub(super) jobs: usize,
    pub(super) progress: &'a Progress,
}

/// What came of a task: listings, and tasks to do instead.
type Outcome = Result<(Vec<Listed>, Vec<Task>), ApiError>;

impl Office<'_> {
    /// Does the tasks and hands on their listings in the order of the tasks, whoever did them, so that the same account
    /// gives the same file. The first failure ends the work.
    pub(super) fn work(
        &self,
        tasks: Vec<Task>,
        mut take: impl FnMut(Listed),
    ) -> Result<(), ApiError> {
        let queue = Queue::new(tasks, self.progress);
        let (done, outcomes) = mpsc::channel();
        thread::scope(|threads| {
            for _ in 0..self.jobs {
                let (done, queue) = (done.clone(), &queue);
                threads.spawn(move || self.labour(queue, &done));
            }
            drop(done);
            let mut waiting: BTreeMap<usize, Vec<Listed>> = BTreeMap::new();
            let mut next = 0;
            for (number, outcome) in outcomes {
                match outcome {
                    Ok(listed) => waiting.insert(number, listed),
                    Err(error) => {
                        queue.abandon();
                        self.client.interrupt();
                        return Err(error);
                    }
                };
                while let Some(listed) = waiting.remove(&next) {
                    listed.into_iter().for_each(&mut take);
                    next += 1;
                }
            }
            Ok(())
        })
    }

    fn labour(
        &self,
        queue: &Queue<'_>,
        done: &mpsc::Sender<(usize, Result<Vec<Listed>, ApiError>)>,
    ) {
        while let Some((number, task)) = queue.next() {
            let shift = Shift(queue);
            let outcome = self.perform(task).map(|(listed, more)| {
                let rows: i64 = listed.iter().map(|(_, listing)| listing.rows).sum();
                let rows = u64::try_from(rows).unwrap_or(0);
                self.progress.rows.fetch_add(rows, Ordering::Relaxed);
                queue.add(more);
                listed
            });
            self.progress.done.fetch_add(1, Ordering::Relaxed);
            drop(shift);
            if done.send((number, outcome)).is_err() {
                return;
            }
        }
    }

    fn perform(&self, task: Task) -> Outcome {
        let instead = |kind| each(kind, self.scopes);
        let accept = |broken| walk::accept(broken, self.accept_gaps);
        match task {
            Task::List(kind, scope) => {
                let listed = walk::listing(self.client, kind, &scope).or_else(accept)?;
                Ok((vec![listed], Vec::new()))
            }
            Task::AllUserGroups => {
                match another_way(walk::user_groups_everywhere(self.client, self.scopes))? {
                    Some(Some(listed)) => Ok((listed, Vec::new())),
                    _ => Ok((Vec::new(), instead(ListingKind::UserGroups))),
                }
            }
            Task::AllServiceAccounts => {
                match another_way(walk::service_accounts_everywhere(self.client, self.scopes))? {
                    Some(Some(listed)) => Ok((listed, Vec::new())),
                    _ => Ok((Vec::new(), instead(ListingKind::ServiceAccounts))),
                }
            }
            Task::ServiceAccountTokens => {
                let walked = walk::service_account_tokens(self.client, self.scopes);
                let listed = walked.or_else(|broken| accept(broken).map(|gap| vec![gap]))?;
                Ok((listed, Vec::new()))
            }
            Task::AssignmentsOf(scopes) => {
                let kind = ListingKind::RoleAssignments;
                match another_way(walk::assignments_of_many(self.client, &scopes))? {
                    Some((listed, unclear)) => {
                        let unclear: Vec<Scope> = unclear.into_iter().collect();
                        Ok((listed, each(kind, &unclear)))
                    }
                    None => Ok((Vec::new(), each(kind, &scopes))),
                }
            }
        }
    }
}

/// `None` when a walk failed in a way that leaves its fallback to try.
fn another_way<T>(walked: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match walked {
        Ok(walked) => Ok(Some(walked)),
        Err(error) => match *error.kind {
            ApiErrorKind::BadKey(_)
            | ApiErrorKind::Throttled(_)
            | ApiErrorKind::AccountMoved { .. }
            | ApiErrorKind::IpNotAllowed(_)
            | ApiErrorKind::Redirected { .. }
            | ApiErrorKind::Deadline { .. }
            | ApiErrorKind::Cancelled => Err(error),
            ApiErrorKind::NotPermitted { .. }
            | ApiErrorKind::NotFound(_)
            | ApiErrorKind::Server(_)
            | ApiErrorKind::NotJson { .. }
            | ApiErrorKind::Refused(_)
            | ApiErrorKind::Transport(_)
            | ApiErrorKind::Shape { .. }
            | ApiErrorKind::Inconsistent { .. }
            | ApiErrorKind::Impossible { .. } => {
                log::info!("{error}; listing scope by scope instead");
                Ok(None)
            }
        },
    }
}

/// A task under way. Should the worker panic, the others must not wait for what it would have added.
struct Shift<'a>(&'a Queue<'a>);

impl Drop for Shift<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.abandon();
        }
        self.0.finished();
    }
}

/// Tasks to do, numbered in order. A task under way may add more.
struct Queue<'a> {
    state: Mutex<State>,
    changed: Condvar,
    progress: &'a Progress,
}

struct State {
    tasks: VecDeque<(usize, Task)>,
    numbered: usize,
    under_way: usize,
}

impl<'a> Queue<'a> {
    fn new(tasks: Vec<Task>, progress: &'a Progress) -> Self {
        let queue = Self {
            state: Mutex::new(State {
                tasks: VecDeque::new(),
                numbered: 0,
                under_way: 0,
            }),
            changed: Condvar::new(),
            progress,
        };
        queue.add(tasks);
        queue
    }

    fn add(&self, tasks: Vec<Task>) {
        self.progress
            .planned
            .fetch_add(tasks.len() as u64, Ordering::Relaxed);
        let mut state = self.lock();
        for task in tasks {
            let number = state.numbered;
            state.numbered += 1;
            state.tasks.push_back((number, task));
        }
        drop(state);
        self.changed.notify_all();
    }

    /// The next task; waits while a task under way may add some. `None` when there is nothing left.
    fn next(&self) -> Option<(usize, Task)> {
        let mut state = self.lock();
        loop {
            if let Some(task) = state.tasks.pop_front() {
                state.under_way += 1;
                return Some(task);
            }
            if state.under_way == 0 {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finished(&self) {
        self.lock().under_way -= 1;
        self.changed.notify_all();
    }

    fn abandon(&self) {
        self.lock().tasks.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
