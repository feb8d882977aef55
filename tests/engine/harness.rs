//! Drives the engine as the pipeline does, without the pipeline: freezes, commits that are late to be
//! stored, restarts from the store. What happens must not depend on any of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tally::domain::catalog::Catalog;
use tally::domain::verdict::{Sums, Verdict};
use tally::engine::input::{Effect, EngineError, Input, Outcome, Step, Want};
use tally::engine::{Engine, Limits};

use crate::lanes::{Journal, Positions};
use crate::store::{self, Images, Map};

/// Commits in the middle of one step: each forgets what was fetched for it, so it must be left to end.
const MOST_FREEZES: usize = 12;

/// When the shell does what.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub limits: Limits,
    /// Inputs per commit.
    pub freeze_every: usize,
    /// A commit is also made whenever a piece of state is missing.
    pub freeze_at_missing: bool,
    /// Commits that are under way at the same time.
    pub in_flight: usize,
    /// After how many inputs, counted over all runs, it is killed.
    pub restarts: Vec<usize>,
    /// Is the state of the next inputs fetched before they are folded?
    pub prefetch: bool,
    /// Waiting events per scan.
    pub chunk: usize,
}

impl Schedule {
    /// All in memory, one commit at the end.
    pub fn calm() -> Self {
        Self {
            limits: Limits { accounts_in_ram: 1_000_000, ids_in_ram: 1_000_000 },
            freeze_every: usize::MAX,
            freeze_at_missing: false,
            in_flight: 0,
            restarts: Vec::new(),
            prefetch: false,
            chunk: 1000,
        }
    }

    /// Next to no memory, a commit per input, killed all the time.
    pub fn cruel() -> Self {
        Self {
            limits: Limits { accounts_in_ram: 1, ids_in_ram: 2 },
            freeze_every: 1,
            freeze_at_missing: true,
            in_flight: 2,
            restarts: (3..400).step_by(7).collect(),
            prefetch: true,
            chunk: 1,
        }
    }
}

/// What a run leaves behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub effects: Vec<Effect>,
    pub sums: Sums,
    /// By offset in the usage lane.
    pub verdicts: BTreeMap<u64, Verdict>,
    pub store: Map,
}

struct Commit {
    epoch: u64,
    images: Images,
    positions: Positions,
    effects: Vec<Effect>,
}

struct Driver<'j> {
    /// The run's own, then those that it can find.
    catalogs: &'j [Arc<Catalog>],
    journal: &'j Journal,
    schedule: &'j Schedule,
    engine: Engine,
    positions: Positions,
    commits: VecDeque<Commit>,
    store: Map,
    stored: Positions,
    published: Vec<Effect>,
    verdicts: BTreeMap<u64, Verdict>,
    /// Inputs so far, those read again too.
    folded: usize,
}

pub fn run(catalog: &Arc<Catalog>, journal: &Journal, schedule: &Schedule) -> Run {
    run_with(std::slice::from_ref(catalog), journal, schedule)
}

/// With several catalogs: the first is the run's own, the log may put the others in force.
pub fn run_with(catalogs: &[Arc<Catalog>], journal: &Journal, schedule: &Schedule) -> Run {
    let mut driver = Driver {
        engine: Engine::new(Arc::clone(&catalogs[0]), 0, 1, schedule.limits),
        catalogs,
        journal,
        schedule,
        positions: Positions::default(),
        commits: VecDeque::new(),
        store: Map::new(),
        stored: Positions::default(),
        published: Vec::new(),
        verdicts: BTreeMap::new(),
        folded: 0,
    };
    driver.read_all();
    driver.close_all();
    Run { effects: driver.published, sums: driver.engine.sums(), verdicts: driver.verdicts, store: driver.store }
}

impl Driver<'_> {
    fn read_all(&mut self) {
        let journal = self.journal;
        while let Some((input, after)) = journal.next(self.positions) {
            if self.schedule.prefetch {
                let wants = self.engine.wants(std::slice::from_ref(&input));
                self.answer(wants);
            }
            let outcome = self.until_done(|engine| engine.fold(&input));
            self.note(&input, outcome);
            self.positions = after;
            self.folded += 1;
            if self.folded.is_multiple_of(self.schedule.freeze_every) {
                self.freeze();
            }
            if self.schedule.restarts.contains(&self.folded) {
                self.restart();
            }
        }
    }

    fn close_all(&mut self) {
        let until = self.journal.until;
        self.until_done(|engine| engine.advance(until));
        self.freeze();
        while !self.commits.is_empty() {
            self.persist();
        }
    }

    fn until_done<T>(&mut self, mut step: impl FnMut(&mut Engine) -> Result<Step<T>, EngineError>) -> T {
        let mut last = Vec::new();
        for round in 0..100_000 {
            match step(&mut self.engine).expect("the engine goes on") {
                Step::Done(value) => return value,
                Step::Missing(wants) => {
                    if self.schedule.freeze_at_missing && round < MOST_FREEZES {
                        self.freeze();
                    }
                    last.clone_from(&wants);
                    self.answer(wants);
                }
            }
        }
        panic!("the engine never has enough: {last:?}");
    }

    fn note(&mut self, input: &Input<'_>, outcome: Outcome) {
        if let Outcome::Usage(verdict) = outcome {
            let before = self.verdicts.insert(input.offset, verdict);
            assert!(before.is_none_or(|before| before == verdict), "input {} was {before:?}, then {verdict:?}", input.offset);
        }
    }

    fn answer(&mut self, wants: Vec<Want>) {
        for want in wants {
            match want {
                Want::State(key) => {
                    let value = self.store.get(&key).cloned();
                    self.engine.supply(key, value).expect("of its kind");
                }
                Want::Persons { customer, plan, period, after } => {
                    let (keys, end) = store::persons(&self.store, &customer, (&plan, period), after.as_ref(), self.schedule.chunk);
                    self.engine.supply_persons(&customer, (&plan, period), after.as_ref(), keys, end);
                }
                Want::Pupils { customer, after } => {
                    let (pupils, end) = store::pupils(&self.store, &customer, after, self.schedule.chunk);
                    self.engine.supply_pupils(&customer, after, pupils, end);
                }
                Want::Parked { customer, after } => {
                    let (events, end) = store::parked(&self.store, &customer, after, self.schedule.chunk);
                    self.engine.supply_parked(&customer, after, events, end);
                }
                Want::Customer { after, waiting } => {
                    let found = store::next_customer(&self.store, after.as_ref(), waiting);
                    self.engine.supply_customer(after.as_ref(), found);
                }
                Want::Catalog(digest) => {
                    let found = self.catalogs.iter().find(|one| one.digest == digest);
                    self.engine.know(Arc::clone(found.expect("the scenario has the catalog")));
                }
            }
        }
    }

    fn freeze(&mut self) {
        let mut images = Images::default();
        let epoch = self.engine.freeze(&mut images).expect("verdicts add up");
        let effects = self.engine.take_effects();
        self.commits.push_back(Commit { epoch, images, positions: self.positions, effects });
        while self.commits.len() > self.schedule.in_flight {
            self.persist();
        }
    }

    fn persist(&mut self) {
        let Some(commit) = self.commits.pop_front() else { return };
        commit.images.apply(&mut self.store);
        self.stored = commit.positions;
        self.published.extend(commit.effects);
        self.engine.persisted(commit.epoch);
    }

    /// Killed: what was not committed is gone, what was read since is read again.
    fn restart(&mut self) {
        self.commits.clear();
        self.positions = self.stored;
        self.engine = Engine::new(Arc::clone(&self.catalogs[0]), 0, 1, self.schedule.limits);
        // Those that are there at a start, or that are found when they are wanted: it is the same.
        let others = self.catalogs.iter().filter(|_| self.schedule.prefetch);
        others.for_each(|catalog| self.engine.know(Arc::clone(catalog)));
        for (key, value) in self.store.iter().filter(|(key, _)| store::is_restored(key)) {
            self.engine.restore(key.clone(), value.clone()).expect("of its kind");
        }
    }
}
