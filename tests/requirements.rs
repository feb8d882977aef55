//! `docs/requirements.md` says where each rule of the source systems is met: every rule has a row, and what a
//! row names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The rules of each source system, by letter and last number.
const RULES: &[(&str, u32)] = &[("P", 19), ("K", 15), ("E", 16)];
const SINGLE_RULES: &[&str] = &["U5", "U23", "U24"];

struct Row {
    rule: String,
    /// Names of tests, and files of the project.
    shown_by: Vec<String>,
}

/// Rows of tables whose first cell is the number of a rule: rule, what it asks for, how it is met, what shows it.
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(Path::new(ROOT).join("docs/requirements.md")).expect("docs/requirements.md");
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let is_rule = |cell: &str| cell.starts_with(['P', 'K', 'E', 'U']) && cell[1..].parse::<u32>().is_ok();
    let of_rule = text.lines().filter(|line| line.starts_with('|')).map(cells).filter(|cells| is_rule(&cells[0]));
    let row = |cells: Vec<String>| {
        assert_eq!(cells.len(), 4, "the row of {} has {} cells", cells[0], cells.len());
        assert!(cells[1..3].iter().all(|cell| !cell.is_empty()), "{} says nothing of how it is met", cells[0]);
        let shown_by = cells[3].split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Row { rule: cells[0].clone(), shown_by }
    };
    of_rule.map(row).collect()
}

fn source_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            source_files(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

fn test_names() -> BTreeSet<String> {
    let mut files = Vec::new();
    ["src", "tests"].iter().for_each(|one| source_files(&Path::new(ROOT).join(one), &mut files));
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        let after_fn = text.lines().filter_map(|line| line.trim().strip_prefix("fn "));
        names.extend(after_fn.filter_map(|rest| rest.split(['(', '<']).next()).map(str::to_owned));
    }
    names
}

#[test]
fn every_rule_has_one_row() {
    let all = RULES.iter().flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number}")));
    let expect: Vec<String> = all.chain(SINGLE_RULES.iter().map(|rule| (*rule).to_owned())).collect();
    let found: Vec<String> = rows().into_iter().map(|row| row.rule).collect();
    assert_eq!(found, expect);
}

#[test]
fn what_a_row_names_is_there() {
    let names = test_names();
    let mut missing = Vec::new();
    for row in rows() {
        assert!(!row.shown_by.is_empty(), "{} names neither a test nor a page", row.rule);
        let there = |name: &&String| {
            if name.contains('/') || name.contains('.') { Path::new(ROOT).join(name).exists() } else { names.contains(*name) }
        };
        missing.extend(row.shown_by.iter().filter(|name| !there(name)).map(|name| format!("{}: {name}", row.rule)));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
