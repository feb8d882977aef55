//! Lines about taking services into use, for `given`.
//!
//! ```text
//! relation 2026-01-01 K 2026-01-01 [2026-06-01]
//! described 2026-01-01 SERVICE VERSION 2026-01-01
//! approve 2026-01-01 K SERVICE VERSION
//! plan 2026-01-01 K p1 SERVICE FROM TO [system=s] [agreed=2026-01-01] [tester=t] [archivist=a]
//! ran 2026-01-01 K p1 AT passed
//! verified 2026-01-01 K p1 AT [archivist=a] [archive=kanta] [expected=2] [d1=a/a d2=b/-]   archived/registered
//! reported 2026-01-01 K p1 AT
//! grant 2026-01-01 SUPPLIER ID FROM [TO]
//! issue 2026-01-01 ID K SERVICE FROM [TO]
//! return 2026-01-01 ID K SERVICE AT
//! ```

const WHO: &str = r#""actor":"op-1","reason":"as agreed""#;

/// The keyed pseudonym of a test id, as events and facts carry it.
pub fn hash(id: &str) -> String {
    format!("{id:0>32}")
}

pub fn is_one(word: &str) -> bool {
    ["relation", "described", "approve", "plan", "ran", "verified", "reported", "grant", "issue", "return"].contains(&word)
}

fn midnight(day: &str) -> String {
    if day.contains('T') { day.to_owned() } else { format!("{day}T00:00:00Z") }
}

pub fn line(word: &str, rest: &str, number: usize) -> Vec<u8> {
    let (options, words): (Vec<&str>, Vec<&str>) = rest.split_whitespace().partition(|word| word.contains('='));
    let options: Vec<(&str, &str)> = options.iter().filter_map(|word| word.split_once('=')).collect();
    let option = |name: &str, or: &str| options.iter().find(|(known, _)| *known == name).map_or(or, |(_, value)| value).to_owned();
    let w = |place: usize| words.get(place).copied().unwrap_or_default();
    let at = |place: usize| midnight(w(place));
    let to = |place: usize| words.get(place).map_or(String::new(), |to| format!(r#""to":"{}","#, midnight(to)));
    let (kind, subject, data) = match word {
        "relation" => ("relation", w(1).to_owned(), format!(r#"{}"from":"{}""#, to(3), at(2))),
        "described" => ("service_description", w(1).to_owned(), format!(r#""version":"{}","from":"{}""#, w(2), at(3))),
        "approve" => ("description_approval", w(1).to_owned(), format!(r#""service":"{}","version":"{}""#, w(2), w(3))),
        "plan" => {
            let system = options.iter().find(|(name, _)| *name == "system").map_or(String::new(), |(_, it)| format!(r#""system":"{it}","#));
            let roles = format!(r#"{{"tester":"{}","archivist":"{}","support":"s"}}"#, option("tester", "t"), option("archivist", "a"));
            let head = format!(r#"{system}"plan":"{}","service":"{}","supplier":"lev","from":"{}""#, w(2), w(3), at(4));
            let agreed = midnight(&option("agreed", "2025-12-01"));
            ("commissioning_plan", w(1).to_owned(), format!(r#"{head},"to":"{}","agreed":"{agreed}","roles":{roles}"#, at(5)))
        }
        "ran" => ("commissioning_run", w(1).to_owned(), format!(r#""plan":"{}","at":"{}","outcome":"{}""#, w(2), at(3), w(4))),
        "verified" => ("commissioning_verification", w(1).to_owned(), {
            let told: Vec<&(&str, &str)> = options.iter().filter(|(name, _)| name.starts_with('d')).collect();
            let documents = if told.is_empty() {
                vec![document("d1", "a/a"), document("d2", "b/b")]
            } else {
                told.iter().map(|(id, sums)| document(id, sums)).collect()
            };
            let expected = option("expected", &documents.len().to_string());
            let who = format!(r#""archivist":"{}","archive":"{}""#, option("archivist", "a"), option("archive", "kanta"));
            format!(r#""plan":"{}","at":"{}",{who},"expected":{expected},"documents":[{}]"#, w(2), at(3), documents.join(","))
        }),
        "reported" => ("commissioning_report", w(1).to_owned(), format!(r#""plan":"{}","at":"{}""#, w(2), at(3))),
        "grant" => ("test_id_grant", w(1).to_owned(), format!(r#"{}"ids":["{}"],"from":"{}""#, to(4), hash(w(2)), at(3))),
        "issue" => {
            let whose = format!(r#""customer":"{}","service":"{}","supplier":"lev""#, w(2), w(3));
            ("test_id_issue", hash(w(1)), format!(r#"{}{whose},"from":"{}""#, to(5), at(4)))
        }
        _ => ("test_id_return", hash(w(1)), format!(r#""customer":"{}","service":"{}","at":"{}""#, w(2), w(3), at(4))),
    };
    let time = midnight(w(0));
    let head =
        format!(r#""specversion":"1.0","id":"c{number}","source":"s","type":"tally.{kind}.v1","time":"{time}","subject":"{subject}""#);
    format!(r#"{{{head},"data":{{{data},{WHO}}}}}"#).into_bytes()
}

fn document(id: &str, sums: &str) -> String {
    let (archived, registered) = sums.split_once('/').unwrap_or((sums, sums));
    let member = |name: &str, sum: &str| if sum == "-" { String::new() } else { format!(r#","{name}":"sha256:{}""#, sum.repeat(64)) };
    format!(r#"{{"id":"{id}"{}{}}}"#, member("archived", archived), member("registered", registered))
}
