//! Facts about rosters, as scenarios write them (see `given`).

use crate::given::{event, midnight};

/// A pseudonym of the right form for a short name.
pub fn pseudonym(name: &str) -> String {
    format!("{name}-0123456789abcdef")
}

/// `day@recorded`.
fn times(word: &str) -> (String, String) {
    let (time, recorded) = word.split_once('@').map_or((word, None), |(time, recorded)| (time, Some(recorded)));
    let recorded = recorded.map_or(String::new(), |at| format!(r#","recordedtime":"{}""#, midnight(at)));
    (midnight(time), recorded)
}

/// `unit/form/from[/last]`; the form `-` is not told.
fn enrolment(text: &str) -> String {
    let parts: Vec<&str> = text.split('/').collect();
    let form = if parts[1] == "-" { String::new() } else { format!(r#","school_type":"{}""#, parts[1]) };
    let last = parts.get(3).map_or(String::new(), |last| format!(r#","end_date":"{last}""#));
    format!(r#"{{"enroled_at":"{}"{form},"start_date":"{}"{last}}}"#, parts[0], parts[2])
}

/// What is said about a pupil: enrolments, `gone`, `=other`.
fn members(name: &str, words: &[&str]) -> String {
    let same = words.iter().find_map(|word| word.strip_prefix('='));
    let same = same.map_or(String::new(), |other| format!(r#","same_as":"{}""#, pseudonym(other)));
    let enrolments: Vec<String> = words.iter().filter(|word| word.contains('/')).map(|word| enrolment(word)).collect();
    let told =
        if words.contains(&"gone") { r#""action":"delete""#.to_owned() } else { format!(r#""enrolments":[{}]"#, enrolments.join(",")) };
    format!(r#""pupil":"{}"{same},{told}"#, pseudonym(name))
}

pub fn pupil(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (time, recorded) = times(words[0]);
    let data = format!("{{{}}}", members(words[2], &words[3..]));
    event(&format!("c{number}"), "tally.pupil.v1", &format!(r#","subject":"{}"{recorded}"#, words[1]), &time, &data)
}

pub fn load(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (time, recorded) = times(words[0]);
    let (chunk, of) = words[3].split_once('/').unwrap_or((words[3], "1"));
    let entry = |word: &&str| {
        let (name, told) = word.split_once(':').unwrap_or((word, ""));
        format!("{{{}}}", members(name, &told.split(',').filter(|part| !part.is_empty()).collect::<Vec<_>>()))
    };
    let entries: Vec<String> = words[5..].iter().map(entry).collect();
    let head = format!(r#""load":"{}","chunk":{chunk},"of":{of},"mode":"{}","as_of":"{time}""#, words[2], words[4]);
    let data = format!(r#"{{{head},"pupils":[{}]}}"#, entries.join(","));
    event(&format!("c{number}"), "tally.roster.v1", &format!(r#","subject":"{}"{recorded}"#, words[1]), &time, &data)
}

pub fn decision(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (actor, approver) = (words.get(4).unwrap_or(&"anna"), words.get(5).unwrap_or(&"bo"));
    let what = format!(r#""load":"{}","decision":"{}""#, words[2], words[3]);
    let data = format!(r#"{{{what},"actor":"{actor}","approver":"{approver}","reason":"looked at it"}}"#);
    event(&format!("c{number}"), "tally.load_decision.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

pub fn master(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let row = |word: &&str| {
        let (place, count) = word.split_once('=').unwrap_or((word, "0"));
        let (unit, form) = place.split_once('/').unwrap_or((place, "*"));
        let member = |name: &str, value: &str| if value == "*" { String::new() } else { format!(r#""{name}":"{value}","#) };
        format!(r#"{{{}{}"count":{count}}}"#, member("school_unit", unit), member("school_type", form))
    };
    let rows: Vec<String> = words[3..].iter().map(row).collect();
    let data = format!(r#"{{"on":"{}","counts":[{}]}}"#, words[2], rows.join(","));
    event(&format!("c{number}"), "tally.master_count.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}
