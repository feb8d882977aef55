//! A page of text for a terminal: headings, and rows of a label and what is said about it.

/// Columns that a line may take.
const WIDTH: usize = 100;
/// What is between a label and its text.
const GAP: usize = 2;

pub struct Page {
    text: String,
    labels: usize,
}

impl Page {
    /// Labels are at most so many characters wide.
    #[must_use]
    pub fn new(labels: usize) -> Self {
        Self { text: String::new(), labels }
    }

    pub fn heading(&mut self, text: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        self.block(&format!("{gap}{text}\n"));
    }

    /// A label with its text, which goes on below itself.
    pub fn row(&mut self, label: &str, text: &str) {
        let column = 2 + self.labels + GAP;
        let mut label = format!("  {label:<width$}", width = self.labels + GAP);
        for line in wrapped(text, WIDTH.saturating_sub(column)) {
            self.text.push_str(format!("{label}{line}").trim_end());
            self.text.push('\n');
            label = " ".repeat(column);
        }
    }

    /// Text across the whole page.
    pub fn paragraph(&mut self, text: &str) {
        for line in wrapped(text, WIDTH - 2) {
            self.block(&format!("  {line}\n"));
        }
    }

    /// Lines that are laid out already.
    pub fn block(&mut self, text: &str) {
        self.text.push_str(text);
    }

    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

/// Lines of at most `width` characters; a longer word has one of its own. Spaces that do not break do not.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if taken > 0 && taken + 1 + length > width {
            lines.push(String::new());
            taken = 0;
        }
        if let Some(line) = lines.last_mut() {
            if taken > 0 {
                line.push(' ');
                taken += 1;
            }
            line.push_str(word);
            taken += length;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words() {
        let check = |text: &str, expect: &[&str]| assert_eq!(wrapped(text, 10), expect, "{text}");
        check("", &[""]);
        check("one two", &["one two"]);
        check("one two three", &["one two", "three"]);
        check("sha256:0123456789abcdef is long", &["sha256:0123456789abcdef", "is long"]);
        check("1\u{a0}000\u{a0}000 öre", &["1\u{a0}000\u{a0}000", "öre"]);
    }
}
