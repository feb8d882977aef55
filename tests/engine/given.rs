//! Scenarios as people write them: one input a line, and a catalog of which only the plans matter.
//!
//! ```text
//! customer 2026-01-01 K Europe/Stockholm SEK 2026-01-01 [zero] [inhabitants=5] [group=g]
//! heads 2026-01-01 K inhabitants 12000 2026-01-01
//! active 2026-01-01 K sms 2026-01-01 [2026-03-01]
//! pupils 2026-01-01 K 600 2025-10-15 [grskola]   active pupils on a day
//! pupil 2026-01-01[@recorded] K p1 a/GR/2025-08-18/2026-06-12 b/FTH/2025-08-18 ...   all enrolments, `gone`, or `=p2`
//! load 2026-01-01[@recorded] K L1 1/2 full p1:a/GR/2025-08-18,b/FTH/2025-08-18 p2:gone ...
//! load_decision 2026-01-01 K L1 release [anna bo]
//! master 2026-01-01 K 2026-01-01 a/GR=12 a/*=13 */*=20
//! decide 2026-01-01 K docs 2026-01-01 waive
//! rerate 2026-05-01 K sms 2026-01-01 2026-04-01
//! merge 2026-05-01 OLD INTO 2026-05-01
//! split 2026-05-01 OLD 2026-05-01 [NEW=0.25 ...]
//! system 2026-01-01 journal-9 s 2026-01-01 [2026-06-01]   a registered it-system, its source, from when to when
//! brake 2026-05-01 on customer K [service=sms] [approver=b]     or: off; service sms, source s, all -
//! freeze 2026-05-01 dnp 2026-05-10 2026-05-20 [withdrawn] [expected=5]
//! request 2026-01-02 K A.1 journal look,find [expires=2026-02-01]     version 1 of the agreement A
//! answer 2026-01-05 K A.1 approved [services=look] [from=2026-01-01] [to=2026-06-01] [approver=b] [time=2026-01-01]
//! writeoff 2026-05-01 K {"service":"sms"} [until]   what waits and is selected is given up
//! recycle 2026-05-01 K                     what waits is tried again
//! certificate 2026-01-01 01 journal 2026-01-01 2026-06-01 [KIND]     its serial number, system, span
//! trial 2026-01-01 journal s,CA/01 2026-01-01 [2026-06-01]     a trial connection: sources and certificates, span
//! revoke 2026-02-01 01 2026-01-20
//! tick 2026-05-01
//! catalog 2026-05-01 sha256:...            that catalog is in force from here on
//! relation, plan, verified, ...             see `taken`
//! control {...}                            the line as it stands
//! e1 sms 2026-02-02[@recorded] [K] {data}  usage; the customer is K
//! raw {...}                                usage, the line as it stands
//! ```
//! A day without a time of day is its noon in UTC for usage, its midnight for control.

use std::sync::Arc;

use tally::domain::catalog::Catalog;
use tally::domain::instant::Instant;
use tally::wire::catalog::{SourceFile, read};
use tally::wire::decode;

use crate::given_roster as roster;
use crate::lanes::Journal;
use crate::taken;

/// Whatever is charged: plans are added to it.
pub const HEAD: &str = r#"
version = "2026.1"
[close]
allowed_lateness = "P5D"
[dedupe]
horizon = "P35D"
[time]
max_future_skew = "PT1H"
[seller.s]
name = "Seller AB"
country = "SE"
org_number = "5560000000"
vat_number = "SE556000000001"
endpoint = { scheme = "0007", id = "5560000000" }
"#;

pub fn catalog(plans: &str) -> Arc<Catalog> {
    parse(&format!("{HEAD}{plans}"))
}

pub fn parse(text: &str) -> Arc<Catalog> {
    let file = SourceFile { name: "catalog.toml".to_owned(), text: text.to_owned() };
    Arc::new(
        read(&[file]).unwrap_or_else(|faults| panic!("{:#?}", faults.iter().map(|fault| (fault.line, &fault.what)).collect::<Vec<_>>())),
    )
}

pub fn instant(text: &str) -> Instant {
    decode::instant(text).unwrap_or_else(|| panic!("{text} is no instant"))
}

pub fn journal(lines: &str, until: &str) -> Journal {
    let (mut usage, mut control) = (Vec::new(), Vec::new());
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "customer" => control.push(customer(rest, control.len())),
            "heads" => control.push(heads(rest, control.len())),
            "active" => control.push(active(rest, control.len())),
            "pupils" => control.push(pupils(rest, control.len())),
            "pupil" => control.push(roster::pupil(rest, control.len())),
            "load" => control.push(roster::load(rest, control.len())),
            "load_decision" => control.push(roster::decision(rest, control.len())),
            "master" => control.push(roster::master(rest, control.len())),
            "decide" => control.push(decide(rest, control.len())),
            "rerate" => control.push(rerate(rest, control.len())),
            "merge" => control.push(merge(rest, control.len())),
            "split" => control.push(split(rest, control.len())),
            "system" => control.push(system(rest, control.len())),
            "certificate" => control.push(certificate(rest, control.len())),
            "trial" => control.push(trial(rest, control.len())),
            "revoke" => control.push(revoke(rest, control.len())),
            "brake" => control.push(brake(rest, control.len())),
            "freeze" => control.push(freeze(rest, control.len())),
            "request" => control.push(request(rest, control.len())),
            "answer" => control.push(answer(rest, control.len())),
            "tick" => control.push(event(&format!("tick-{rest}"), "tally.tick.v1", "", &midnight(rest), "{}")),
            "catalog" => control.push(in_force(rest, control.len())),
            "writeoff" => control.push(write_off(rest, control.len())),
            "recycle" => control.push(recycle(rest, control.len())),
            "control" => control.push(rest.as_bytes().to_vec()),
            word if taken::is_one(word) => control.push(taken::line(word, rest, control.len())),
            "raw" => usage.push(rest.as_bytes().to_vec()),
            id => usage.push(use_of(id, rest)),
        }
    }
    let until = instant(&midnight(until));
    Journal { usage, control, until, latest: until.saturating_add(3_600_000_000_000) }
}

pub fn midnight(day: &str) -> String {
    if day.contains('T') { day.to_owned() } else { format!("{day}T00:00:00Z") }
}

fn noon(day: &str) -> String {
    if day.contains('T') { day.to_owned() } else { format!("{day}T12:00:00Z") }
}

fn customer(rest: &str, number: usize) -> Vec<u8> {
    let mut words = rest.split_whitespace();
    let mut word = || words.next().unwrap_or_default();
    let (time, id, zone, currency, from) = (word(), word(), word(), word(), word());
    let more: String = words.map(|word| word.split_once('=').map_or_else(|| format!(r#","{word}":true"#), member)).collect();
    let data = format!(r#"{{"name":"{id}","country":"SE","timezone":"{zone}","currency":"{currency}","from":"{from}"{more}}}"#);
    event(&format!("c{number}"), "tally.customer.v1", &format!(r#","subject":"{id}""#), &midnight(time), &data)
}

fn member((name, value): (&str, &str)) -> String {
    format!(r#","{name}":"{value}""#)
}

fn heads(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let data = format!(r#"{{"kind":"{}","count":{},"on":"{}"}}"#, words[2], words[3], words[4]);
    event(&format!("c{number}"), "tally.head_count.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn active(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let to = words.get(4).map_or(String::new(), |to| format!(r#","to":"{}""#, midnight(to)));
    let data = format!(r#"{{"service":"{}","from":"{}"{to}}}"#, words[2], midnight(words[3]));
    event(&format!("c{number}"), "tally.activation.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn system(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let to = words.get(4).map_or(String::new(), |to| format!(r#","to":"{}""#, midnight(to)));
    let data = format!(r#"{{"name":"{}","supplier":"lev","sources":["{}"],"from":"{}"{to}}}"#, words[1], words[2], midnight(words[3]));
    event(&format!("c{number}"), "tally.it_system.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn certificate(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (from, to, kind) = (midnight(words[3]), midnight(words[4]), words.get(5).copied().unwrap_or("VOCES"));
    let data = format!(r#"{{"issuer":"CA","serial":"{}","system":"{}","kind":"{kind}","from":"{from}","to":"{to}"}}"#, words[1], words[2]);
    event(&format!("c{number}"), "tally.certificate.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn trial(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let to = words.get(4).map_or(String::new(), |to| format!(r#","to":"{}""#, midnight(to)));
    let (mut sources, mut certificates) = (Vec::new(), Vec::new());
    for name in words[2].split(',') {
        match name.strip_prefix("CA/") {
            Some(serial) => certificates.push(format!(r#"{{"issuer":"CA","serial":"{serial}"}}"#)),
            None => sources.push(format!("\"{name}\"")),
        }
    }
    let (sources, certificates) = (sources.join(","), certificates.join(","));
    let known_by = format!(r#""sources":[{sources}],"certificates":[{certificates}]"#);
    let data = format!(r#"{{"supplier":"lev",{known_by},"from":"{}"{to},"actor":"anna","reason":"to try it"}}"#, midnight(words[3]));
    event(&format!("c{number}"), "tally.trial.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn revoke(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let data = format!(r#"{{"issuer":"CA","serial":"{}","at":"{}","actor":"a","reason":"lost"}}"#, words[1], midnight(words[2]));
    event(&format!("c{number}"), "tally.certificate_revocation.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

/// `data` of a service agreement's event: the key, and `name=value` words, of which instants are days.
fn agreement(kind: &str, words: &[&str], number: usize, own: &str, rest: &[&str]) -> Vec<u8> {
    let (id, version) = words[2].split_once('.').expect("A.1");
    let mut extra = vec![own.to_owned()];
    let recorded = midnight(words[0]);
    let mut time = recorded.clone();
    for word in rest {
        let (name, value) = word.split_once('=').expect("name=value");
        match name {
            "time" => time = midnight(value),
            "services" => extra.push(format!(r#","services":["{}"]"#, value.replace(',', "\",\""))),
            "approver" => extra.push(format!(r#","approver":"{value}","retroactive":true"#)),
            instant => extra.push(format!(r#","{instant}":"{}""#, midnight(value))),
        }
    }
    let extra = extra.concat();
    let data = format!(r#"{{"agreement":"{id}","version":{version},"actor":"anna","reason":"r"{extra}}}"#);
    event(&format!("c{number}"), kind, &format!(r#","subject":"{}","recordedtime":"{recorded}""#, words[1]), &time, &data)
}

fn request(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let own = format!(r#","supplier":"lev","system":"{}","services":["{}"]"#, words[3], words[4].replace(',', "\",\""));
    agreement("tally.agreement_request.v1", &words, number, &own, &words[5..])
}

fn answer(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    agreement("tally.agreement_answer.v1", &words, number, &format!(r#","answer":"{}""#, words[3]), &words[4..])
}

/// Puts a catalog in force.
pub fn catalog_line(day: &str, catalog: &Catalog) -> String {
    format!("catalog {day} sha256:{}", hex::encode(catalog.digest))
}

fn in_force(rest: &str, number: usize) -> Vec<u8> {
    let (time, digest) = rest.split_once(' ').unwrap_or((rest, ""));
    let data = format!(r#"{{"digest":"{digest}","actor":"test"}}"#);
    event(&format!("c{number}"), "tally.catalog.v1", "", &midnight(time), &data)
}

fn write_off(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let until = words.get(3).map_or(String::new(), |until| format!(r#","seen_until":"{}""#, midnight(until)));
    let data = format!(r#"{{"select":{},"actor":"anna","approver":"bo","reason":"agreed"{until}}}"#, words[2]);
    event(&format!("c{number}"), "tally.write_off.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn recycle(rest: &str, number: usize) -> Vec<u8> {
    let (time, customer) = rest.split_once(' ').unwrap_or((rest, ""));
    let data = r#"{"actor":"anna","reason":"looked at"}"#;
    event(&format!("c{number}"), "tally.recycle.v1", &format!(r#","subject":"{customer}""#), &midnight(time), data)
}

fn pupils(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let form = words.get(4).map_or(String::new(), |form| format!(r#","school_form":"{form}""#));
    let data = format!(r#"{{"kind":"active_pupils","count":{},"on":"{}"{form}}}"#, words[2], words[3]);
    event(&format!("c{number}"), "tally.head_count.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn decide(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let what = format!(r#""plan":"{}","period_from":"{}","decision":"{}""#, words[2], words[3], words[4]);
    let data = format!(r#"{{{what},"actor":"a-7","reason":"as agreed"}}"#);
    event(&format!("c{number}"), "tally.decision.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn rerate(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let data = format!(r#"{{"plan":"{}","from":"{}","to":"{}","actor":"anna","reason":"wrong price"}}"#, words[2], words[3], words[4]);
    event(&format!("c{number}"), "tally.rerate.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn merge(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let data = format!(r#"{{"into":"{}","from":"{}","actor":"anna","reason":"merged"}}"#, words[2], midnight(words[3]));
    event(&format!("c{number}"), "tally.merger.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn split(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let part = |word: &&str| match word.split_once('=') {
        Some((customer, share)) => format!(r#"{{"customer":"{customer}","pool_share":"{share}"}}"#),
        None => format!(r#"{{"customer":"{word}"}}"#),
    };
    let parts: Vec<String> = words[3..].iter().map(part).collect();
    let data = format!(r#"{{"parts":[{}],"from":"{}","actor":"anna","reason":"divided"}}"#, parts.join(","), midnight(words[2]));
    event(&format!("c{number}"), "tally.split.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn brake(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let more: String = words[4..].iter().filter_map(|word| word.split_once('=')).map(member).collect();
    let data = format!(r#"{{"state":"{}","scope":"{}","actor":"anna","reason":"mad load"{more}}}"#, words[1], words[2]);
    event(&format!("c{number}"), "tally.brake.v1", &format!(r#","subject":"{}""#, words[3]), &midnight(words[0]), &data)
}

fn freeze(rest: &str, number: usize) -> Vec<u8> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let more: String = words[4..].iter().map(|word| word.split_once('=').map_or_else(|| format!(r#","{word}":true"#), member)).collect();
    let data = format!(r#"{{"from":"{}","to":"{}","actor":"anna","reason":"DNP"{more}}}"#, midnight(words[2]), midnight(words[3]));
    event(&format!("c{number}"), "tally.freeze.v1", &format!(r#","subject":"{}""#, words[1]), &midnight(words[0]), &data)
}

fn use_of(id: &str, rest: &str) -> Vec<u8> {
    let (words, data) = rest.find('{').map_or((rest, "{}"), |at| rest.split_at(at));
    let words: Vec<&str> = words.split_whitespace().collect();
    let (time, recorded) = words[1].split_once('@').map_or((words[1], None), |(time, recorded)| (time, Some(recorded)));
    let recorded = recorded.map_or(String::new(), |at| format!(r#","recordedtime":"{}""#, noon(at)));
    let members = format!(r#","subject":"{}"{recorded}"#, words.get(2).unwrap_or(&"K"));
    event(id, words[0], &members, &noon(time), data)
}

pub fn event(id: &str, kind: &str, members: &str, time: &str, data: &str) -> Vec<u8> {
    format!(r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"{kind}","time":"{time}"{members},"data":{data}}}"#).into_bytes()
}
