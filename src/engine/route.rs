//! Which partition a customer lives on: what the log's Java clients compute for the key.

/// The partition of a key, as the default partitioner of the Java client has it: murmur2 of the bytes, sign bit
/// cleared, modulo. (The C client's default is another one, so producers do get it wrong.)
#[must_use]
pub fn partition_of(key: &str, partitions: u32) -> u32 {
    (murmur2(key.as_bytes()) & 0x7fff_ffff) % partitions.max(1)
}

/// Murmur2 with the seed and the byte order of `Utils.murmur2` in the Java client.
fn murmur2(data: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const M: u32 = 0x5bd1_e995;
    const R: u32 = 24;
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let (words, rest) = data.as_chunks::<4>();
    let mut hash = SEED ^ length;
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k = (k ^ (k >> R)).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    for (place, byte) in rest.iter().enumerate() {
        hash ^= u32::from(*byte) << (8 * place);
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn murmur2_is_the_one_of_the_java_client() {
        // Vectors of the Java client's UtilsTest.testMurmur2.
        let check = |text: &str, expect: i32| assert_eq!(murmur2(text.as_bytes()).cast_signed(), expect, "{text}");
        check("21", -973_932_308);
        check("foobar", -790_332_482);
        check("a-little-bit-long-string", -985_981_536);
        check("a-little-bit-longer-string", -1_486_304_829);
        check("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971);
        check("abc", 479_470_107);
    }

    #[test]
    fn one_partition_takes_all() {
        assert_eq!(partition_of("SE-0180", 1), 0);
        assert_eq!(partition_of("SE-0180", 0), 0);
    }
}
