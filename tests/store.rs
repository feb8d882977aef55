//! The store on disk: what is written is there again, and damage is named, never guessed around.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tally::pipeline::ports::{Change, Store, StoreError, Stores};
use tally::store::{Memory, Rebuild, RocksStore, RocksStores, StateDirectory};
use tempfile::TempDir;

const SMALL: Memory = Memory { block_cache: 1 << 20, write_buffers: 4 << 20 };

fn stores(path: &Path) -> Result<RocksStores, StoreError> {
    RocksStores::new(StateDirectory::lock(path)?, Rebuild::FromChangelog, SMALL)
}

fn open(path: &Path) -> Result<RocksStore, StoreError> {
    stores(path)?.open(0)
}

fn put(key: &str, value: &str) -> Change {
    (key.into(), Some(value.into()))
}

fn get(store: &RocksStore, keys: &[&str]) -> Vec<Option<String>> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.as_bytes().to_vec()).collect();
    let values = store.get_many(&keys).unwrap();
    values.into_iter().map(|value| value.map(|value| String::from_utf8(value).unwrap())).collect()
}

/// A state with keys k000.. of which some are in a sorted file and some only in the log.
fn filled() -> TempDir {
    let temp = TempDir::new().unwrap();
    let changes: Vec<Change> = (0..500).map(|n| put(&format!("k{n:03}"), &format!("value {n}"))).collect();
    open(temp.path()).unwrap().write(&changes).unwrap();
    // Opening moves what is in the log to a sorted file.
    open(temp.path()).unwrap().write(&[put("last", "in the log")]).unwrap();
    temp
}

#[test]
fn values_come_back_in_the_order_of_the_keys() {
    let temp = filled();
    let store = open(temp.path()).unwrap();
    let expect = ["value 7", "value 1", "in the log", "value 7"].map(|value| Some(value.to_owned()));
    assert_eq!(get(&store, &["k007", "k001", "last", "k007"]), expect);
    assert_eq!(get(&store, &["none", "k499", ""]), [None, Some("value 499".to_owned()), None]);
    assert_eq!(store.get_many(&[]).unwrap(), Vec::<Option<Vec<u8>>>::new());
}

#[test]
fn a_batch_may_be_larger_than_one_read() {
    let temp = filled();
    let store = open(temp.path()).unwrap();
    let keys: Vec<Vec<u8>> = (0..5000).map(|n| format!("k{:03}", n % 600).into_bytes()).collect();
    let values = store.get_many(&keys).unwrap();
    assert_eq!(values.len(), keys.len());
    for (n, value) in values.iter().enumerate() {
        let expect = (n % 600 < 500).then(|| format!("value {}", n % 600).into_bytes());
        assert_eq!(*value, expect);
    }
}

#[test]
fn later_changes_of_a_batch_win_and_none_deletes() {
    let temp = filled();
    let store = open(temp.path()).unwrap();
    store.write(&[put("a", "1"), ("a".into(), None), put("b", "1"), put("b", "2"), ("k001".into(), None)]).unwrap();
    assert_eq!(get(&store, &["a", "b", "k001"]), [None, Some("2".to_owned()), None]);
}

#[test]
fn a_scan_is_half_open_and_bounded() {
    let temp = filled();
    let store = open(temp.path()).unwrap();
    let check = |from: &str, to: &str, limit: usize, expect: &[&str]| {
        let pairs = store.scan(from.as_bytes(), to.as_bytes(), limit).unwrap();
        let keys: Vec<String> = pairs.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect();
        assert_eq!(keys, expect, "{from}..{to}");
    };
    check("k001", "k004", 10, &["k001", "k002", "k003"]);
    check("k001", "k004", 2, &["k001", "k002"]);
    check("k001", "k004", 0, &[]);
    check("k0011", "k002", 10, &[]);
    check("k498", "z", 10, &["k498", "k499", "last"]);
    check("", "k001", 10, &["k000"]);
    check("k004", "k001", 10, &[]);
    check("k004", "k004", 10, &[]);
    check("k004", "", 10, &[]);
}

#[test]
fn partitions_are_apart_and_listed() {
    let temp = TempDir::new().unwrap();
    let stores = stores(temp.path()).unwrap();
    let (second, first) = (stores.open(12).unwrap(), stores.open(3).unwrap());
    second.write(&[put("key", "second")]).unwrap();
    assert_eq!(get(&first, &["key"]), [None]);
    assert_eq!(stores.partitions().unwrap(), [3, 12]);
    assert!(temp.path().join("p-00012").is_dir());
    assert_eq!(fs::read_to_string(temp.path().join("format")).unwrap(), "tally-state 1\n");
}

fn refused<T>(result: Result<T, StoreError>, kind: &str, fragments: &[&str]) {
    let error = result.err().expect("it must be refused");
    let debug = format!("{error:?}");
    assert!(debug.starts_with(kind), "expected {kind}, got {debug}");
    for fragment in fragments {
        assert!(error.to_string().contains(fragment), "no `{fragment}` in: {error}");
    }
}

#[test]
fn one_writer_or_many_readers() {
    let temp = filled();
    let path = temp.path();
    let pid = format!("process {} is using it", std::process::id());
    let read = || RocksStores::new(StateDirectory::lock_shared(path)?, Rebuild::FromChangelog, SMALL);

    let store = open(path).unwrap();
    refused(StateDirectory::lock(path), "Locked", &["locked", &pid, "another directory"]);
    refused(StateDirectory::lock_shared(path), "Locked", &["locked", &pid]);
    drop(store);

    let (one, two) = (read().unwrap(), read().unwrap());
    let store = one.open_read_only(0).unwrap();
    assert_eq!(get(&store, &["last", "k001"]), [Some("in the log".to_owned()), Some("value 1".to_owned())]);
    assert_eq!(get(&two.open(0).unwrap(), &["k002"]), [Some("value 2".to_owned())]);
    refused(store.write(&[put("a", "b")]), "Unavailable", &["for reading only"]);
    refused(two.open_read_only(1), "Unavailable", &["no state of partition 1", "nothing has been committed"]);
    refused(StateDirectory::lock(path), "Locked", &["a query is reading it"]);
    drop((store, one, two));
    StateDirectory::lock(path).unwrap();
}

#[test]
fn a_partition_is_open_once() {
    let temp = TempDir::new().unwrap();
    let stores = stores(temp.path()).unwrap();
    let held = stores.open(0).unwrap();
    refused(stores.open(0), "Locked", &["already open", "p-00000"]);
    drop(held);
    stores.open(0).unwrap();
}

#[test]
fn there_is_nothing_to_read_where_nothing_was_written() {
    let temp = TempDir::new().unwrap();
    refused(StateDirectory::lock_shared(&temp.path().join("none")), "Unavailable", &["there is no state directory"]);
    let empty = StateDirectory::lock_shared(temp.path()).unwrap();
    refused(RocksStores::new(empty, Rebuild::FromInputs, SMALL), "Unavailable", &["holds no state", "check the path"]);
    let file = temp.path().join("file");
    fs::write(&file, "").unwrap();
    refused(StateDirectory::lock(&file), "Unavailable", &["cannot create", "file"]);
}

fn files(path: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(path.join("p-00000")).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = entries.filter(|path| path.to_str().unwrap().contains(end)).collect();
    assert!(!found.is_empty(), "no {end}");
    found
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes.iter_mut().take(200).for_each(|byte| *byte ^= 0x55);
    fs::write(path, bytes).unwrap();
}

/// Opens and reads everything, as a takeover and then the folding do.
fn use_all(path: &Path, rebuild: Rebuild) -> Result<usize, StoreError> {
    let stores = RocksStores::new(StateDirectory::lock(path)?, rebuild, SMALL)?;
    Ok(stores.open(0)?.scan(b"", b"~", 10_000)?.len())
}

#[test]
fn damage_is_named_with_its_cure() {
    let damaged = |kind: &str, fragments: &[&str], damage: fn(&Path)| {
        let temp = filled();
        damage(temp.path());
        refused(use_all(temp.path(), Rebuild::FromChangelog), kind, fragments);
    };
    damaged("Newer", &["format 2", "newer version", "up to 1"], |path| fs::write(path.join("format"), "tally-state 2\n").unwrap());
    damaged("Corrupt", &["`format`", "rebuilt from the changelog"], |path| fs::write(path.join("format"), "\u{0}garbage").unwrap());
    damaged("Corrupt", &["`format`"], |path| fs::write(path.join("format"), "").unwrap());
    damaged("Corrupt", &["`format`"], |path| fs::write(path.join("format"), "tally-state 0\n").unwrap());
    damaged("Corrupt", &["`format` is missing"], |path| fs::remove_file(path.join("format")).unwrap());
    let cure = ["p-00000 is damaged", "remove", "rebuilt from the changelog"];
    damaged("Corrupt", &cure, |path| fs::remove_file(path.join("p-00000/CURRENT")).unwrap());
    damaged("Corrupt", &cure, |path| fs::write(path.join("p-00000/CURRENT"), "garbage").unwrap());
    damaged("Corrupt", &cure, |path| fs::write(path.join("p-00000/CURRENT"), "MANIFEST-999999\n").unwrap());
    damaged("Corrupt", &cure, |path| files(path, "MANIFEST").iter().for_each(|path| flip(path)));
    damaged("Corrupt", &cure, |path| files(path, ".sst").iter().for_each(|path| fs::remove_file(path).unwrap()));
    damaged("Corrupt", &cure, |path| files(path, ".sst").iter().for_each(|path| cut(path)));
    damaged("Corrupt", &cure, |path| files(path, ".sst").iter().for_each(|path| flip(path)));
}

#[test]
fn the_cure_of_a_journal_is_its_inputs() {
    let temp = filled();
    fs::remove_file(temp.path().join("p-00000/CURRENT")).unwrap();
    let fragments = ["restore the whole journal directory", "all inputs are read anew"];
    refused(use_all(temp.path(), Rebuild::FromInputs), "Corrupt", &fragments);
}

#[test]
fn what_does_not_matter_is_left_alone() {
    let fine = |expect: usize, change: fn(&Path)| {
        let temp = filled();
        change(temp.path());
        assert_eq!(use_all(temp.path(), Rebuild::FromChangelog).unwrap(), expect);
    };
    fine(501, |path| fs::write(path.join("notes.txt"), "mine").unwrap());
    fine(501, |path| fs::write(path.join("p-00000/000000.tmp"), "left over").unwrap());
    fine(501, |path| fs::write(path.join("format.new"), "a start that was killed").unwrap());
    fine(501, |path| fs::remove_file(path.join("lock")).unwrap());
    // A log that lost its end is an older state, which the commit protocol brings up to date.
    fine(500, |path| files(path, ".log").iter().for_each(|path| cut(path)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Some: a batch of changes of small keys. None: the process dies and starts again.
    #[test]
    fn a_store_is_a_map_that_outlives_the_process(steps in prop::collection::vec(
        prop::option::weighted(0.8, prop::collection::vec((0_u8..40, prop::option::of(any::<[u8; 3]>())), 0..20)), 1..25,
    )) {
        let temp = TempDir::new().unwrap();
        let mut model: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        let mut store = Some(open(temp.path()).unwrap());
        for step in steps {
            let Some(batch) = step else {
                drop(store.take());
                store = Some(open(temp.path()).unwrap());
                continue;
            };
            let batch: Vec<Change> = batch.into_iter().map(|(key, value)| (vec![key], value.map(Vec::from))).collect();
            store.as_ref().unwrap().write(&batch).unwrap();
            for (key, value) in batch {
                match value {
                    Some(value) => model.insert(key, value),
                    None => model.remove(&key),
                };
            }
            let pairs = store.as_ref().unwrap().scan(&[0], &[255], 1000).unwrap();
            prop_assert_eq!(pairs, model.clone().into_iter().collect::<Vec<_>>());
        }
    }
}
