//! What sources tell in codes of their own, in the words of the catalog (REQUIREMENTS E16). The catalog in force when a
//! fact is read decides: what was read before is told anew by the source's next load.

use std::borrow::Cow;

use crate::domain::roster::{Codes, LoadChunk, MasterCount, MasterRow, PupilFact, RosterFact, SourceCodes};

pub fn translated<'f>(fact: &'f RosterFact, source: &str, codes: &Codes) -> Cow<'f, RosterFact> {
    let Some(codes) = codes.of_source(source) else { return Cow::Borrowed(fact) };
    match fact {
        RosterFact::Pupil(fact) => Cow::Owned(RosterFact::Pupil(PupilFact { entry: codes.translated(&fact.entry), ..fact.clone() })),
        RosterFact::Chunk(chunk) => {
            let entries = chunk.entries.iter().map(|entry| codes.translated(entry)).collect();
            Cow::Owned(RosterFact::Chunk(LoadChunk { entries, load: chunk.load.clone(), ..*chunk }))
        }
        RosterFact::Master(count) => Cow::Owned(RosterFact::Master(counted(count, codes))),
        RosterFact::Decision(_) => Cow::Borrowed(fact),
    }
}

/// Codes that mean the same are one row.
fn counted(count: &MasterCount, codes: &SourceCodes) -> MasterCount {
    let form = |row: &MasterRow| row.form.as_ref().map(|code| codes.form(code, count.on).unwrap_or(code).to_owned());
    let mut rows: Vec<MasterRow> = count.rows.iter().map(|row| MasterRow { form: form(row), ..row.clone() }).collect();
    rows.sort_unstable();
    rows.dedup_by(|later, row| {
        let same = (&later.unit, &later.form) == (&row.unit, &row.form);
        row.count = if same { row.count.saturating_add(later.count) } else { row.count };
        same
    });
    MasterCount { rows, ..count.clone() }
}
