//! The validator, started once for many files.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Debug, Default)]
pub struct Verdict {
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
    /// How often a rule found something to judge.
    pub rules: usize,
}

pub fn validate(files: &[PathBuf]) -> BTreeMap<PathBuf, Verdict> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/invoice-validator.sh");
    let mut validator = Command::new("bash").arg(script).arg("validate").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let names: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let mut input = validator.stdin.take().unwrap();
    // All names fit into a pipe; or else they must not wait for what is not read yet.
    let writer = std::thread::spawn(move || input.write_all(names.as_bytes()));
    let output = validator.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", output.status);
    read(&String::from_utf8(output.stdout).unwrap())
}

fn read(text: &str) -> BTreeMap<PathBuf, Verdict> {
    let mut verdicts: BTreeMap<PathBuf, Verdict> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [what, file, rest @ ..] = cells.as_slice() else { panic!("{line}") };
        let verdict = verdicts.entry(PathBuf::from(file)).or_default();
        match *what {
            "error" => verdict.errors.push(rest.join(" ")),
            "warning" => verdict.warnings.push(rest.join(" ")),
            "file" => {
                let counts: Vec<usize> = rest.iter().map(|count| count.parse().unwrap()).collect();
                assert_eq!((counts[0], counts[1]), (verdict.errors.len(), verdict.warnings.len()), "{line}");
                verdict.rules = counts[2];
            }
            _ => panic!("{line}"),
        }
    }
    verdicts
}

/// No errors and no warnings; and every file was really judged, by the rules of CEN and of Peppol.
pub fn assert_all_valid(files: &[PathBuf]) {
    let verdicts = validate(files);
    assert_eq!(verdicts.len(), files.len());
    let bad: Vec<_> = verdicts.iter().filter(|(_, one)| !one.errors.is_empty() || !one.warnings.is_empty()).collect();
    let shown: Vec<_> = bad.iter().take(5).map(|(file, verdict)| (file, verdict, std::fs::read_to_string(file).unwrap())).collect();
    assert!(bad.is_empty(), "{} of {} files are not valid, the first:\n{shown:#?}", bad.len(), files.len());
    let least = verdicts.values().map(|verdict| verdict.rules).min();
    assert!(least >= Some(60), "a file was judged by {least:?} rules only");
}
