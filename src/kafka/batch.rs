//! Reading in batches, which rust-rdkafka does not offer: the only file with `unsafe`.
//!
//! Partition queues are forwarded to one private queue, and that is read many messages at a time:
//! 1.4 times the events per second of `poll`. The consumer's own queue must never be read this way
//! (rebalances would be lost in it).
//!
//! Ownership: a queue, a forwarding and a message each hold an [`Anchor`], so the client that their
//! memory belongs to outlives them all. Anchors count without atomics and are not `Send`; neither,
//! therefore, is anything here.

use std::ffi::{CStr, CString};
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::bindings as ffi;
use rdkafka::client::{Client, ClientContext};
use rdkafka::consumer::Consumer;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::util::cstr_to_owned;

use super::group::GroupConsumer;

/// Keeps a consumer alive for as long as memory of it is in use.
pub(crate) type Anchor = Rc<Arc<GroupConsumer>>;

/// A queue of ours, to which partitions are forwarded.
pub(crate) struct PrivateQueue {
    raw: NonNull<ffi::rd_kafka_queue_t>,
    fetched: Vec<*mut ffi::rd_kafka_message_t>,
    anchor: Anchor,
}

impl PrivateQueue {
    pub fn new(anchor: Anchor) -> Option<PrivateQueue> {
        // SAFETY: the client is alive, the anchor holds it.
        let raw = unsafe { ffi::rd_kafka_queue_new(anchor.client().native_ptr()) };
        Some(PrivateQueue { raw: NonNull::new(raw)?, fetched: Vec::new(), anchor })
    }

    /// Appends up to `max` messages to `out`, waiting at most `wait` for the first one.
    pub fn read(&mut self, max: usize, wait: Duration, out: &mut Vec<NativeMessage>) -> Result<(), RDKafkaErrorCode> {
        let had = out.len();
        self.consume(max, Duration::ZERO, out)?;
        // librdkafka waits until the batch is full: so only ever for a single message.
        if out.len() == had && max > 0 && !wait.is_zero() {
            self.consume(1, wait, out)?;
            if out.len() > had {
                self.consume(max - 1, Duration::ZERO, out)?;
            }
        }
        Ok(())
    }

    fn consume(&mut self, max: usize, wait: Duration, out: &mut Vec<NativeMessage>) -> Result<(), RDKafkaErrorCode> {
        self.fetched.resize(max, ptr::null_mut());
        // SAFETY: the queue is ours and alive; `fetched` has room for `max` pointers, and no more
        // than `max` are written.
        let count = unsafe { ffi::rd_kafka_consume_batch_queue(self.raw.as_ptr(), millis(wait), self.fetched.as_mut_ptr(), max) };
        // Negative: the call was refused, and nothing was handed out.
        let Ok(count) = usize::try_from(count) else {
            return Err(last_error());
        };
        for raw in self.fetched.drain(..).take(count).filter_map(NonNull::new) {
            out.push(NativeMessage { raw, _anchor: Rc::clone(&self.anchor) });
        }
        Ok(())
    }
}

impl Drop for PrivateQueue {
    fn drop(&mut self) {
        // SAFETY: made in `new`, destroyed once; the client is alive (fields drop after this).
        unsafe { ffi::rd_kafka_queue_destroy(self.raw.as_ptr()) }
    }
}

/// A partition's queue, forwarded for as long as this lives.
pub(crate) struct Forwarding {
    raw: NonNull<ffi::rd_kafka_queue_t>,
    _anchor: Anchor,
}

impl Forwarding {
    /// To be made *before* the partition is assigned: made afterwards, the first messages have
    /// sometimes gone to the consumer's own queue already and are never seen.
    pub fn new(to: &PrivateQueue, topic: &str, partition: i32) -> Option<Forwarding> {
        let name = CString::new(topic).ok()?;
        // SAFETY: the client is alive, the name is NUL-terminated and copied by the call. The
        // reference that it returns is ours to destroy.
        let raw = unsafe { ffi::rd_kafka_queue_get_partition(to.anchor.client().native_ptr(), name.as_ptr(), partition) };
        let raw = NonNull::new(raw)?;
        // SAFETY: both queues are alive; librdkafka keeps its own reference to the target.
        unsafe { ffi::rd_kafka_queue_forward(raw.as_ptr(), to.raw.as_ptr()) };
        Some(Forwarding { raw, _anchor: Rc::clone(&to.anchor) })
    }
}

impl Drop for Forwarding {
    fn drop(&mut self) {
        // A forwarding that is left behind makes the drop of its consumer hang for ever.
        // SAFETY: got in `new`, un-forwarded and destroyed once; the client is alive.
        unsafe {
            ffi::rd_kafka_queue_forward(self.raw.as_ptr(), ptr::null_mut());
            ffi::rd_kafka_queue_destroy(self.raw.as_ptr());
        }
    }
}

/// A message that librdkafka gave us for keeps: freed on drop.
pub(crate) struct NativeMessage {
    raw: NonNull<ffi::rd_kafka_message_t>,
    _anchor: Anchor,
}

impl NativeMessage {
    fn message(&self) -> &ffi::rd_kafka_message_t {
        // SAFETY: ours until drop, and nobody writes to it.
        unsafe { self.raw.as_ref() }
    }

    /// What this is, if it is not an input: the end of the partition, or an error with its text.
    pub fn error(&self) -> Option<(RDKafkaErrorCode, String)> {
        let code = self.message().err;
        if code == ffi::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            return None;
        }
        // SAFETY: for a message with an error this returns a NUL-terminated text, its own or a
        // constant one, that lives as long as the message.
        let text = unsafe {
            let text = ffi::rd_kafka_message_errstr(self.raw.as_ptr());
            if text.is_null() { String::new() } else { cstr_to_owned(text) }
        };
        Some((code.into(), text))
    }

    pub fn partition(&self) -> i32 {
        self.message().partition
    }

    pub fn offset(&self) -> i64 {
        self.message().offset
    }

    pub fn value(&self) -> Option<&[u8]> {
        let message = self.message();
        // SAFETY: librdkafka's pointer and length of the value, tied to the life of `self`.
        unsafe { bytes(message.payload.cast(), message.len) }
    }

    pub fn key(&self) -> Option<&[u8]> {
        let message = self.message();
        // SAFETY: librdkafka's pointer and length of the key, tied to the life of `self`.
        unsafe { bytes(message.key.cast(), message.key_len) }
    }

    pub fn timestamp_ms(&self) -> Option<i64> {
        let mut kind = ffi::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message is alive; `kind` is a valid place to write to.
        let time = unsafe { ffi::rd_kafka_message_timestamp(self.raw.as_ptr(), &raw mut kind) };
        (kind != ffi::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE).then_some(time)
    }

    fn native_headers(&self) -> Option<NonNull<ffi::rd_kafka_headers_t>> {
        let mut headers = ptr::null_mut();
        // SAFETY: the message is alive and used by this thread alone (it parses them at the first
        // call); the headers stay the message's.
        let code = unsafe { ffi::rd_kafka_message_headers(self.raw.as_ptr(), &raw mut headers) };
        if code == ffi::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR { NonNull::new(headers) } else { None }
    }

    pub fn has_headers(&self) -> bool {
        self.native_headers().is_some()
    }

    pub fn headers<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a [u8])) {
        let Some(headers) = self.native_headers() else { return };
        for index in 0.. {
            let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
            // SAFETY: the headers live as long as the message; the out-pointers are valid. An index
            // past the last header is answered with an error.
            let code = unsafe { ffi::rd_kafka_header_get_all(headers.as_ptr(), index, &raw mut name, &raw mut value, &raw mut size) };
            if code != ffi::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR || name.is_null() {
                return;
            }
            // SAFETY: a NUL-terminated name and a value of `size` bytes inside the message, which
            // outlives this call.
            let (name, value) = unsafe { (CStr::from_ptr(name), bytes(value.cast(), size)) };
            each(name.to_str().unwrap_or_default(), value.unwrap_or_default());
        }
    }
}

impl Drop for NativeMessage {
    fn drop(&mut self) {
        // SAFETY: handed to us for keeps, destroyed once, while the client is alive.
        unsafe { ffi::rd_kafka_message_destroy(self.raw.as_ptr()) }
    }
}

/// Waits until every message was delivered or given up. Another thread must poll the producer.
///
/// rust-rdkafka's own flush polls in steps of 100 ms, and that long a commit would then take.
pub(crate) fn flush<C: ClientContext>(client: &Client<C>, wait: Duration) -> Result<(), RDKafkaErrorCode> {
    // SAFETY: the client is alive for the call, which is safe from any thread.
    let code = unsafe { ffi::rd_kafka_flush(client.native_ptr(), millis(wait)) };
    if code == ffi::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR { Ok(()) } else { Err(code.into()) }
}

/// The bytes at a pointer that may be null.
///
/// # Safety
/// If not null, `start` points to `length` bytes that live for `'a` and that nobody writes to.
unsafe fn bytes<'a>(start: *const u8, length: usize) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    (!start.is_null()).then(|| unsafe { slice::from_raw_parts(start, length) })
}

fn last_error() -> RDKafkaErrorCode {
    // SAFETY: reads the thread's last error code.
    unsafe { ffi::rd_kafka_last_error() }.into()
}

fn millis(wait: Duration) -> i32 {
    i32::try_from(wait.as_millis()).unwrap_or(i32::MAX)
}
