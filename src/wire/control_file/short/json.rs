//! The short form in JSON.

use super::{EVENT, Members, Short};
use crate::wire::control_file::draft::Draft;
use crate::wire::decode::{Json, Kind, Reader, Undecodable};
use crate::wire::document::{Faults, Place, SourceFile};

pub fn read(file: &SourceFile, faults: &Faults<'_>) -> Vec<Draft<'static>> {
    let at = |start: usize| Place { file: 0, start, end: start + 1 };
    let mut reader = match Reader::new(file.text.as_bytes()) {
        Ok(reader) => reader,
        Err(fault) => {
            faults.add_syntax(at(0), fault.detail, "a smaller file, or one CloudEvent a line in a file *.ndjson".to_owned());
            return Vec::new();
        }
    };
    match short(&mut reader) {
        Ok(short) => short.drafts(faults),
        Err(fault) => {
            let write = "an object such as {\"actor\": \"...\", \"reason\": \"...\", \"event\": [{\"type\": \"...\"}]}";
            faults.add_syntax(at(reader.place()), fault.detail, write.to_owned());
            Vec::new()
        }
    }
}

fn short(reader: &mut Reader<'_>) -> Result<Short, Undecodable> {
    let mut short = Short { head: Members::new(), events: Vec::new() };
    reader.object(|reader, name| {
        let start = reader.place();
        if name != EVENT {
            let value = Json::read(reader)?;
            short.head.insert(name.to_owned(), (Place { file: 0, start, end: reader.place() }, value));
            return Ok(());
        }
        if reader.kind()? != Kind::Array {
            return Err(reader.fault("`event` is not a list"));
        }
        reader.list(|reader| {
            let start = reader.place();
            let members = members(reader)?;
            short.events.push((Place { file: 0, start, end: reader.place() }, members));
            Ok(())
        })
    })?;
    reader.end()?;
    Ok(short)
}

fn members(reader: &mut Reader<'_>) -> Result<Members, Undecodable> {
    let mut members = Members::new();
    reader.object(|reader, name| {
        let start = reader.place();
        let value = Json::read(reader)?;
        members.insert(name.to_owned(), (Place { file: 0, start, end: reader.place() }, value));
        Ok(())
    })?;
    Ok(members)
}
