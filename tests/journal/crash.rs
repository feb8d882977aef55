//! Whatever the order of appends, reads, commits and crashes: what is out is what a run without
//! any of them would have put out of the committed inputs.

use std::fs;

use proptest::prelude::*;
use tally::journal::{JournalSink, Reading};
use tally::pipeline::ports::{Outlet, Positions, Room, Sink};

use super::stand::{BOTH, Journal, Read};
use super::writing::publication;

const NAME: &str = "billing-records.ndjson";

#[derive(Debug, Clone)]
enum Step {
    /// Adds lines to an input file; the last one without its newline, if so said.
    Append {
        file: u8,
        lines: u8,
        unfinished: bool,
    },
    Read {
        max: usize,
        room: Room,
    },
    /// Publishes what was read, and stores positions and receipt.
    Commit,
    /// Publishes, and dies before storing.
    PublishAndDie,
    /// Dies in the middle of writing so many bytes.
    DieWriting {
        bytes: usize,
    },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let room = (any::<bool>(), any::<bool>()).prop_map(|(control, usage)| Room { control, usage });
    prop_oneof![
        3 => (0_u8..4, 1_u8..20, any::<bool>()).prop_map(|(file, lines, unfinished)| Step::Append { file, lines, unfinished }),
        5 => (1_usize..12, room).prop_map(|(max, room)| Step::Read { max, room }),
        3 => Just(Step::Commit),
        1 => Just(Step::PublishAndDie),
        1 => (1_usize..60).prop_map(|bytes| Step::DieWriting { bytes }),
        1 => Just(Step::Restart),
    ]
}

/// A pipeline that echoes: each input is one output.
struct Echo {
    journal: Journal,
    read: Read,
    sink: JournalSink,
    /// Read and not committed.
    echoed: Vec<String>,
    /// The store: positions, receipt.
    stored: (Positions, Option<Vec<u8>>),
    /// What must be out.
    committed: String,
    unfinished: [bool; 4],
}

impl Echo {
    fn new() -> Self {
        let journal = Journal::new();
        let read = journal.read(Reading::Once);
        let sink = journal.sink(None).unwrap();
        let stored = (Positions::default(), None);
        Self { journal, read, sink, echoed: Vec::new(), stored, committed: String::new(), unfinished: [false; 4] }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Append { file, lines, unfinished } => self.append(*file, *lines, *unfinished),
            Step::Read { max, room } => {
                let seen = self.read.poll(*max, *room).unwrap();
                self.echoed.extend(seen.into_iter().filter(|line| line.contains(' ') && !line.ends_with(" end")));
            }
            Step::Commit => {
                let receipt = self.publish();
                self.committed.extend(self.echoed.drain(..).map(|line| line + "\n"));
                self.stored = (self.read.positions.clone(), Some(receipt));
            }
            Step::PublishAndDie => {
                self.publish();
                self.restart();
            }
            Step::DieWriting { bytes } => {
                let path = self.journal.path("out").join(NAME);
                let half = fs::read_to_string(&path).unwrap() + &"?".repeat(*bytes);
                fs::write(path, half).unwrap();
                self.restart();
            }
            Step::Restart => self.restart(),
        }
    }

    fn append(&mut self, file: u8, lines: u8, unfinished: bool) {
        let lane = if file == 0 { "usage-control" } else { "usage-events" };
        let path = format!("{lane}/{file}.ndjson");
        let mut content: String = (0..lines).map(|n| format!("line {n} of {file}\n")).collect();
        if unfinished {
            content.pop();
        }
        self.unfinished[usize::from(file)] = unfinished;
        self.journal.append(&path, content);
    }

    fn publish(&mut self) -> Vec<u8> {
        let outputs: Vec<(Outlet, &str)> = self.echoed.iter().map(|line| (Outlet::Records, line.as_str())).collect();
        self.sink.publish(&[publication(&outputs)]).unwrap().remove(0)
    }

    fn restart(&mut self) {
        self.echoed.clear();
        self.sink = self.journal.sink(self.stored.1.as_deref()).unwrap();
        assert_eq!(self.journal.out(NAME), self.committed, "what is out is what was committed");
        self.read = self.journal.read_from(Reading::Once, &self.stored.0).unwrap();
    }

    /// Ends all lines and reads the rest.
    fn finish(mut self) -> (Journal, String) {
        for file in (0_u8..4).filter(|file| self.unfinished[usize::from(*file)]) {
            let lane = if file == 0 { "usage-control" } else { "usage-events" };
            self.journal.append(&format!("{lane}/{file}.ndjson"), "\n");
        }
        self.restart();
        loop {
            let before = self.echoed.len();
            self.take(&Step::Read { max: 7, room: BOTH });
            if self.echoed.len() == before {
                break;
            }
        }
        self.take(&Step::Commit);
        let out = self.journal.out(NAME);
        assert_eq!(out, self.committed);
        (self.journal, out)
    }
}

/// Lines of an output without their offsets, in no order: crashes may shift what is read when.
fn lines(out: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = out.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    lines.sort_unstable();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn outputs_are_the_committed_prefix_and_every_line_is_there_once(steps in prop::collection::vec(step(), 1..60)) {
        let mut echo = Echo::new();
        for step in &steps {
            echo.take(step);
        }
        let (journal, out) = echo.finish();
        let undisturbed = journal.read(Reading::Once).all();
        let inputs: Vec<&String> = undisturbed.iter().filter(|line| line.contains(' ') && !line.ends_with(" end")).collect();
        prop_assert_eq!(out.lines().count(), inputs.len());
        let expect = inputs.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n");
        prop_assert_eq!(lines(&out), lines(&expect));
    }

    /// Without new inputs the order is that of the files, whatever happens in between.
    #[test]
    fn a_lane_that_does_not_grow_comes_out_the_same(
        files in prop::collection::vec(1_u8..30, 1..4),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut echo = Echo::new();
        for (file, lines) in (1_u8..).zip(&files) {
            echo.append(file, *lines, false);
        }
        echo.restart();
        for step in steps.iter().filter(|step| !matches!(step, Step::Append { .. })) {
            echo.take(step);
        }
        let (journal, out) = echo.finish();
        let undisturbed = journal.read(Reading::Once).all();
        let expect: String = undisturbed.iter().filter(|line| line.starts_with('u') && *line != "u end").map(|line| format!("{line}\n")).collect();
        prop_assert_eq!(out, expect);
    }
}
