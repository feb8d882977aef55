//! The whole shell around the real engine, in a simulated world: any commit may fail in any way,
//! the process may die at any step, disks may be lost or old, partitions taken away and given back.
//!
//! Every world follows from its seed, but for the timing of two threads. `SIM_SEEDS=from..to` runs
//! others than the usual ones.

#[path = "simulation/drive.rs"]
mod drive;
#[path = "simulation/inputs.rs"]
mod inputs;
#[path = "simulation/rng.rs"]
mod rng;
#[path = "simulation/sink.rs"]
mod sink;
#[path = "simulation/source.rs"]
mod source;
#[path = "simulation/store.rs"]
mod store;
#[path = "simulation/world.rs"]
mod world;

use std::ops::Range;

use tally::domain::verdict::Sums;
use tally::pipeline::RunError;

use drive::{Published, calm, calm_delivery, endure, live, odd, odd_delivery, until_quiet};
use inputs::inputs;
use rng::Rng;
use world::{Faults, Mode, Planted, World};

const EVENTS: u64 = 400;

fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(text) = std::env::var("SIM_SEEDS") else { return usual };
    let (from, to) = text.split_once("..").expect("from..to");
    from.parse().expect("a number")..to.parse().expect("a number")
}

fn no_faults() -> Faults {
    Faults { rng: Rng::new(0), left: 0, percent: 0 }
}

fn undisturbed(seed: u64, mode: Mode, partitions: u32) -> Published {
    let world = World::shared(mode, inputs(seed, partitions, EVENTS, false), no_faults());
    endure(&world, &calm(partitions), calm_delivery)
}

fn disturbed(seed: u64, mode: Mode, partitions: u32) -> Published {
    let mut rng = Rng::new(seed ^ 0xdead);
    let faults = Faults { rng: Rng::new(seed ^ 0xbeef), left: 12, percent: 3 + rng.below(20) };
    let world = World::shared(mode, inputs(seed, partitions, EVENTS, false), faults);
    let setup = odd(partitions, &mut rng);
    endure(&world, &setup, || odd_delivery(&mut rng))
}

#[test]
fn whatever_happens_the_same_is_published() {
    for seed in seeds(0..60) {
        let mode = if seed % 2 == 0 { Mode::Log } else { Mode::Files };
        let partitions = if mode == Mode::Log { 1 + u32::try_from(seed % 3).expect("small") } else { 1 };
        let (expect, sums) = undisturbed(seed, mode, partitions);
        let (found, found_sums) = disturbed(seed, mode, partitions);
        for (partition, (expect, found)) in expect.iter().zip(&found).enumerate() {
            for (place, (expect, found)) in expect.iter().zip(found).enumerate() {
                let shown = |output: &tally::pipeline::ports::Output| String::from_utf8_lossy(&output.value).into_owned();
                assert_eq!(shown(expect), shown(found), "seed {seed}, partition {partition}, output {place}");
            }
            assert_eq!(expect, found, "seed {seed}, partition {partition}");
        }
        assert_eq!(sums, found_sums, "seed {seed}");
        assert_eq!(expect.len(), found.len(), "seed {seed}");
    }
}

#[test]
fn the_worlds_are_not_dull() {
    let sums = (0..20).map(|seed| undisturbed(seed, Mode::Log, 1).1).fold(Sums::default(), Sums::plus);
    let Sums { inputs, counted, duplicate, test, suspended, undecodable, records, notices, .. } = sums;
    for count in [counted, duplicate, test, suspended, undecodable, records, notices] {
        assert!(count * 500 > inputs, "{sums:?}");
    }
}

#[test]
fn usage_on_a_wrong_partition_is_forwarded_once() {
    for seed in seeds(0..20) {
        let partitions = 3;
        let usage = |lanes: &inputs::Lanes| {
            lanes
                .iter()
                .filter(|((_, lane), _)| *lane == tally::pipeline::ports::Lane::Usage)
                .map(|(_, entries)| entries.len())
                .sum::<usize>()
        };
        let lanes = inputs(seed, partitions, EVENTS, true);
        let sent = usage(&lanes) as u64;
        let mut rng = Rng::new(seed);
        let faults = Faults { rng: Rng::new(seed ^ 0xf00d), left: 8, percent: 5 };
        let world = World::shared(Mode::Log, lanes, faults);
        let mut setup = odd(partitions, &mut rng);
        setup.until = None;
        let (_, sums) = endure(&world, &setup, || until_quiet(odd_delivery(&mut rng)));
        assert_eq!(sums.inputs, sent, "seed {seed}: every input has its verdict where its customer lives");
        assert_eq!(usage(&world.lock().lanes) as u64, sent + sums.forwarded, "seed {seed}");
        assert!(sums.forwarded > 0, "seed {seed}");
    }
}

#[test]
fn mistakes_in_the_protocol_are_noticed() {
    let check = |planted: Planted, expect: fn(&RunError) -> bool| {
        let world = World::shared(Mode::Log, inputs(1, 1, EVENTS, false), no_faults());
        let mut setup = calm(1);
        setup.commit_changes = 20;
        let first = live(&world, &setup, drive::Delivery { chunk: 50, ..calm_delivery() });
        first.expect("nothing is wrong yet");
        {
            // A store from before, or one that never was committed to.
            let mut world = world.lock();
            world.planted = planted;
            match planted {
                Planted::NoReplay => world.stores.clear(),
                Planted::StoreAhead => world.committed.clear(),
                Planted::Redelivery => {
                    world.stores.clear();
                    world.committed.clear();
                    world.changelog.clear();
                }
                Planted::Nothing => {}
            }
        }
        let found = live(&world, &setup, calm_delivery());
        match (planted, found) {
            (Planted::Nothing, found) => assert!(found.is_ok(), "{found:?}"),
            (_, Err(error)) => assert!(expect(&error), "{planted:?}: {error}"),
            (_, Ok(_)) => panic!("{planted:?} went unnoticed"),
        }
    };
    check(Planted::Nothing, |_| false);
    check(Planted::NoReplay, |error| matches!(error, RunError::Mismatch { stored: None, committed: Some(_), .. }));
    check(Planted::StoreAhead, |error| matches!(error, RunError::Mismatch { stored: Some(_), committed: None, .. }));
    check(Planted::Redelivery, |error| matches!(error, RunError::OffsetWentBack { .. }));
}
