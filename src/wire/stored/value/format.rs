//! bincode 2, standard configuration: little-endian, variable-length numbers.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::enc::write::Writer;
use bincode::error::EncodeError;
use bincode::{BorrowDecode, Encode};

/// Damaged bytes may claim any length; no more than this is ever taken from memory for one value.
const MOST_BYTES: usize = 64 << 20;

const FORMAT: Configuration<LittleEndian, Varint, Limit<MOST_BYTES>> = bincode::config::standard().with_limit::<MOST_BYTES>();

/// What is wrong with a value; the caller knows which one it is.
#[derive(Debug)]
pub(super) struct Fault(pub String);

impl Fault {
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A growing buffer. bincode's own `encode_to_vec` walks each value twice, to learn its size.
struct Buffer(Vec<u8>);

impl Writer for Buffer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

pub(super) fn write(version: u8, value: &impl Encode) -> Vec<u8> {
    let mut buffer = Buffer(Vec::with_capacity(128));
    buffer.0.push(version);
    match bincode::encode_into_writer(value, &mut buffer, FORMAT) {
        Ok(()) => buffer.0,
        // Cannot be: the buffer takes all, and no stored type refuses to be written. If ever it
        // were, an empty value is one that every read refuses.
        Err(_) => Vec::new(),
    }
}

pub(super) fn read<'a, T: BorrowDecode<'a, ()>>(body: &'a [u8]) -> Result<T, Fault> {
    let (value, length) = bincode::borrow_decode_from_slice(body, FORMAT).map_err(|error| Fault(error.to_string()))?;
    if length == body.len() { Ok(value) } else { Err(Fault::new("it goes on after its end")) }
}
