//! Which member holds a personal number.

use tally::wire::decode::usage as decode;

use crate::{structured, with_data, with_members};

#[test]
fn the_member_is_named() {
    let check = |value: &str, expect: Option<&str>| {
        assert_eq!(structured(value).expect(value).personal, expect, "{value}");
        assert_eq!(decode(value.as_bytes(), &[], false).expect(value).personal, None, "privacy off: {value}");
    };
    let with = |member: &str, text: &str| with_members("").replace(member, text);
    check(&with("SE-0180", "191212121212"), Some("subject"));
    check(&with("SE-0180", r"19121212\u002d1212"), Some("subject"));
    check(&with("e-1", "191212121212"), None);
    check(&with("e-1", "19121212-1212"), Some("id"));
    check(&with("e-1", "070761-4285"), Some("id"));
    check(&with("//sms.example", "//sms.example/131052-308T"), Some("source"));
    check(&with("//sms.example", "//sms.example/191212121212"), None);
    check(&with("se.sms.sent", "19121212-1212"), Some("type"));
    check(&with("se.sms.sent", "191212121212"), None);
    check(&with_members(r#","sequence":"19121212-1212""#), Some("sequence"));
    check(&with_members(r#","sequence":"191212121212""#), None);
    check(&with_data(r#"{"outcome":"131052-308T"}"#), Some("data"));
    check(&with_data(r#"{"quantity":"191212121212"}"#), Some("data"));
    check(&with_data(r#"{"quantity":191212121212}"#), None);
    check(&with_data(r#"{"more":[{"deep":"för 191212121212"}]}"#), Some("data"));
    check(&with_data(r#"{"191212121212":1}"#), None);
    check(&with_members(r#","traceparent":"191212121212""#), None);
    check(&with_data(r#"{"created":"2023-12-31","batch":"550e8400-e29b-41d4-a716-446655440000"}"#), None);
}
