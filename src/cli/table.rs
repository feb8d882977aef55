//! Tables for people: columns as wide as they must be, numbers to the right.

use std::iter::once;

/// How a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// What is between two columns.
const GAP: &str = "  ";

#[derive(Debug)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Row>,
}

#[derive(Debug)]
enum Row {
    Cells(Vec<String>),
    Rule,
}

impl Table {
    #[must_use]
    pub fn new(columns: &[(&str, Align)]) -> Self {
        Self { columns: columns.iter().map(|(name, align)| ((*name).to_owned(), *align)).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(Row::Cells(cells));
    }

    /// A line across, as above a sum.
    pub fn rule(&mut self) {
        self.rows.push(Row::Rule);
    }

    /// The table's lines, each indented by two.
    #[must_use]
    pub fn render(&self) -> String {
        let header: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let cells = self.rows.iter().filter_map(|row| match row {
            Row::Cells(cells) => Some(cells),
            Row::Rule => None,
        });
        let mut widths = vec![0; header.len()];
        for row in once(&header).chain(cells) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let rule = format!("  {}", "─".repeat(widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)));
        let lines = self.rows.iter().map(|row| match row {
            Row::Cells(cells) => self.line(cells, &widths),
            Row::Rule => rule.clone(),
        });
        [self.line(&header, &widths), rule.clone()].into_iter().chain(lines).map(|line| line + "\n").collect()
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let padded = cells.iter().zip(widths).zip(&self.columns).map(|((cell, width), (_, align))| match align {
            Align::Left => format!("{cell:<width$}"),
            Align::Right => format!("{cell:>width$}"),
        });
        format!("  {}", padded.collect::<Vec<_>>().join(GAP)).trim_end().to_owned()
    }
}

/// Digits in groups of three, as people read them: `1 234 567.50`.
#[must_use]
pub fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            // Does not break at a line's end, and is what the Nordic countries write.
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    fraction.map_or_else(|| grouped.clone(), |fraction| format!("{grouped}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        let check = |given: &str, expect: &str| assert_eq!(grouped(given).replace('\u{a0}', "_"), expect, "{given}");
        check("0", "0");
        check("999.5", "999.5");
        check("1000", "1_000");
        check("-1234567.50", "-1_234_567.50");
        check("100", "100");
    }

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let mut table = Table::new(&[("customer", Align::Left), ("SEK", Align::Right)]);
        table.row(vec!["Åre".into(), "1.50".into()]);
        table.rule();
        table.row(vec!["sum".into(), "1000.00".into()]);
        let expect = "  customer      SEK\n  ─────────────────\n  Åre          1.50\n  ─────────────────\n  sum       1000.00\n";
        assert_eq!(table.render(), expect);
    }
}
