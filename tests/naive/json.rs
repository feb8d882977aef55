//! A strict JSON reader that keeps what `serde_json::Value` forgets: repeated members, and numbers as they were written.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn members(&self) -> &[(String, Json)] {
        match self {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    /// Is a member given twice, in this value or inside of it?
    pub fn has_repeated_member(&self) -> bool {
        match self {
            Json::Object(members) => {
                let mut names: Vec<&String> = members.iter().map(|(name, _)| name).collect();
                names.sort();
                names.windows(2).any(|pair| pair[0] == pair[1]) || members.iter().any(|(_, value)| value.has_repeated_member())
            }
            Json::List(items) => items.iter().any(Json::has_repeated_member),
            _ => false,
        }
    }

    /// All strings in this value, however deep.
    pub fn strings(&self) -> Vec<&str> {
        match self {
            Json::Text(text) => vec![text],
            Json::List(items) => items.iter().flat_map(Json::strings).collect(),
            Json::Object(members) => members.iter().flat_map(|(_, value)| value.strings()).collect(),
            _ => Vec::new(),
        }
    }
}

pub fn parse(bytes: &[u8]) -> Option<Json> {
    let text = std::str::from_utf8(bytes).ok()?;
    // A second opinion on the grammar, which also bounds the depth before we recurse.
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value()?;
    reader.space();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Option<Json> {
        self.space();
        match self.peek()? {
            b'{' => self.object(),
            b'[' => self.list(),
            b'"' => self.string().map(Json::Text),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        let found = self.text[self.at..].starts_with(word);
        self.at += word.len();
        found.then_some(value)
    }

    fn object(&mut self) -> Option<Json> {
        let mut members = Vec::new();
        self.eat(b'{');
        if self.eat(b'}') {
            return Some(Json::Object(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            if !self.eat(b':') {
                return None;
            }
            members.push((name, self.value()?));
            if self.eat(b'}') {
                return Some(Json::Object(members));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn list(&mut self) -> Option<Json> {
        let mut items = Vec::new();
        self.eat(b'[');
        if self.eat(b']') {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.eat(b']') {
                return Some(Json::List(items));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    /// The extent is found here; escapes are resolved by serde_json.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let literal = &self.text[start..self.at];
        serde_json::from_str::<serde_json::Number>(literal).ok()?;
        Some(Json::Number(literal.to_owned()))
    }
}

#[test]
fn json_keeps_literals_and_repeats() {
    let value = parse(br#" {"a":1.50,"a":[true,null,"\u00e5"],"b":{}} "#).unwrap();
    assert!(value.has_repeated_member());
    assert_eq!(value.get("a"), Some(&Json::Number("1.50".into())));
    let bad: [&[u8]; 6] = [b"", b"{", b"{\"a\":01}", b"[1,]", b"{\"a\":1}x", b"{\"a\":\"\xff\"}"];
    for bad in bad {
        assert_eq!(parse(bad), None, "{bad:?}");
    }
}
