//! `tally roster` and `tally quality`: how many pupils, what waits, and how good the data are.

use std::fs;

use serde_json::{Value, json};

use super::{path, tally};

const CATALOG: &str = r#"
version = "1"
[roster]
most_removed_share = "0.1"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
"#;

fn event(kind: &str, time: &str, data: &Value) -> String {
    json!({"specversion": "1.0", "id": time, "source": "//register", "type": kind, "subject": "K", "time": time, "data": data}).to_string()
}

fn pupil(name: &str, unit: &str, form: Option<&str>) -> Value {
    let enrolment = json!({"enroled_at": unit, "school_type": form, "start_date": "2026-08-17"});
    json!({"pupil": format!("{name}-0123456789abcdef"), "enrolments": [enrolment]})
}

fn load(id: &str, as_of: &str, pupils: &[Value]) -> String {
    event("tally.roster.v1", as_of, &json!({"load": id, "chunk": 1, "of": 1, "mode": "full", "as_of": as_of, "pupils": pupils}))
}

/// A customer, its roster, a load that waits, and what is wrong with both.
pub fn lines() -> [String; 5] {
    let known = json!({"name": "K", "country": "SE", "timezone": "Europe/Stockholm", "currency": "SEK", "from": "2025-01-01"});
    let all = [pupil("p1", "north", Some("GR")), pupil("p2", "north", None), pupil("p3", "south", Some("FS"))];
    let mut by_number = pupil("p9", "north", Some("GR"));
    by_number["pupil"] = json!("19121212-1212");
    let counts = json!({"on": "2026-09-01", "counts": [{"school_unit": "south", "count": 2}]});
    [
        event("tally.customer.v1", "2026-01-01T00:00:00Z", &known),
        load("L1", "2026-09-01T06:00:00Z", &all),
        load("L2", "2026-09-08T06:00:00Z", &all[..1]),
        event("tally.pupil.v1", "2026-09-08T06:30:00Z", &by_number),
        event("tally.master_count.v1", "2026-09-08T07:00:00Z", &counts),
    ]
}

#[test]
fn pupils_waiting_loads_and_findings_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let control = dir.path().join("in").join("usage-control");
    fs::create_dir_all(&control).unwrap();
    fs::create_dir_all(dir.path().join("in").join("usage-events")).unwrap();
    fs::write(control.join("0.ndjson"), lines().join("\n") + "\n").unwrap();
    fs::write(dir.path().join("catalog.toml"), CATALOG).unwrap();
    let journal = path(dir.path());
    assert_eq!(tally(&["run", "--journal", journal, "--until", "2026-09-09T00:00:00Z"]).code, Some(0));
    // A personal number is no pseudonym (REQUIREMENTS E2): refused, and not shown.
    let suspense = fs::read_to_string(dir.path().join("out/usage-suspense.ndjson")).unwrap();
    let refused: Value = serde_json::from_str(suspense.trim()).unwrap();
    assert_eq!((&refused["reason"], &refused["original"]), (&json!("personal_data"), &Value::Null));
    let say = |args: &[&str]| {
        let said = tally(&[args, &["--journal", journal]].concat());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        said.stdout
    };
    let shown: Value = serde_json::from_str(&say(&["roster", "K", "--json"])).unwrap();
    assert_eq!((&shown["pupils"], &shown["since"]), (&json!(3), &json!("2026-09-01")));
    assert_eq!(
        shown["forms"],
        json!([{"school_type": "", "pupils": 1}, {"school_type": "FS", "pupils": 1}, {"school_type": "GR", "pupils": 1}])
    );
    assert_eq!(shown["units"][1], json!({"school_unit": "south", "pupils": 1, "forms": [{"school_type": "FS", "pupils": 1}]}));
    assert_eq!(shown["drifts"], json!([{"school_unit": "south", "school_type": null, "master": 2, "roster": 1}]));
    let loads = shown["loads"].as_array().unwrap();
    assert_eq!((&loads[0]["stage"], &loads[1]["stage"], &loads[1]["removed"]), (&json!("applied"), &json!("waiting"), &json!(2)));
    let text = say(&["roster", "K", "--on", "2026-08-16"]);
    assert!(text.starts_with("K has 0 active pupils on 2026-08-16, by its roster.\n"), "{text}");
    assert!(text.contains("Load L2 waits since 2026-09-08T06:00:00.000Z: it would remove 2 of 3 active pupils"), "{text}");
    assert!(text.contains("Its source counts 2 where the roster has 1: south, all."), "{text}");

    let quality: Value = serde_json::from_str(&say(&["quality", "--json"])).unwrap();
    let source = &quality["sources"][0];
    assert_eq!((&source["source"], &source["score"], &source["score_before"]), (&json!("//register"), &json!(1000), &json!(666)));
    assert_eq!(source["findings"], json!([{"rule": "missing_form", "school_unit": "north", "this_week": 0, "four_weeks_before": 1}]));
    assert_eq!(say(&["quality", "--source", "//other"]), "No source has told of pupils.\n");
    assert!(say(&["quality"]).contains("missing_form"));
    assert_eq!(tally(&["roster", "X", "--journal", journal]).code, Some(1));
}

/// Before a source is taken into use: its codes, and what each means (REQUIREMENTS E16).
#[test]
fn e16_codes_without_a_meaning_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pupils.ndjson");
    let pupils =
        [pupil("p1", "north", Some("G")), pupil("p2", "south", Some("G")), pupil("p3", "north", Some("FS")), pupil("p4", "north", None)];
    fs::write(&file, load("L1", "2026-09-01T06:00:00Z", &pupils) + "\n").unwrap();
    let catalog = dir.path().join("catalog.toml");
    let check = |codes: &str| {
        fs::write(&catalog, format!("{CATALOG}{codes}")).unwrap();
        let said = tally(&["roster", "check", path(&file), "--catalog", path(&catalog)]);
        let json = tally(&["roster", "check", path(&file), "--catalog", path(&catalog), "--json"]);
        (said, serde_json::from_str::<Value>(&json.stdout).unwrap())
    };
    let (said, json) = check("");
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stdout.contains("1 code without a meaning"), "{}", said.stdout);
    assert!(said.stdout.contains("[roster.school_types.\"//register\"]\n\"G\" = ["), "{}", said.stdout);
    assert_eq!(json["without_meaning"], json!([{"source": "//register", "code": "G"}]));
    assert_eq!(
        json["findings"],
        json!([
            {"source": "//register", "rule": "missing_form", "entries": 1, "school_units": ["north"]},
            {"source": "//register", "rule": "unknown_form", "entries": 2, "school_units": ["north", "south"]},
        ])
    );
    let (said, json) = check("[roster.school_types.\"//register\"]\nG = [ { from = \"2026-07-01\", is = \"GR\" } ]\n");
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(
        json["codes"][1],
        json!({"source": "//register", "code": "G", "means": "GR", "by": "catalog", "told": 2, "school_units": ["north", "south"]})
    );
    // The mapping begins after the load was drawn.
    assert_eq!(check("[roster.school_types.\"//register\"]\nG = [ { from = \"2026-10-01\", is = \"GR\" } ]\n").0.code, Some(2));
    // The command that it stands under still needs a customer.
    assert_eq!(tally(&["roster"]).code, Some(2));
}
