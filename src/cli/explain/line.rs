//! A line of a record: what was counted, at which price, and how the amount follows.
//!
//! What a line is can be read off its members; whatever it is, the calculation holds. A model that
//! publishes its figures in `basis` needs words for their names, and nothing here.

use rust_decimal::Decimal;

use super::exact::quotient;
use super::lineage;
use super::page::Page;
use super::voice::Voice;
use crate::domain::catalog::{ArchivePlan, Catalog, Model};
use crate::domain::duration::CalendarDuration;
use crate::wire::published::{Line, Package, Record};

/// Figures that are told beside the quantity: it was not reckoned from them.
const ASIDES: &[&str] = &["calls"];

pub struct LineIn<'a> {
    pub record: &'a Record,
    pub line: &'a Line,
    /// The catalog that the record was made with, if it is at hand.
    pub rules: Option<&'a Catalog>,
    pub voice: &'a Voice,
}

impl LineIn<'_> {
    /// None: the base quantity is zero.
    pub fn explain(&self, page: &mut Page) -> Option<()> {
        let (line, voice) = (self.line, self.voice);
        let exact = quotient(line.quantity, line.unit_price, line.base_quantity)?;
        let number = line.number.to_string();
        page.heading(&voice.say("label.line", &[("number", &number), ("description", &line.description)]));
        self.row(page, "label.plan", &self.plan());
        if let (Some(agreement), Some(system)) = (&line.agreement, &line.system) {
            self.row(page, "label.agreement", &voice.say("text.agreement", &[("agreement", agreement), ("system", system)]));
        }
        self.row(page, "label.counted", &self.counted());
        for (place, (name, figure)) in line.basis.iter().enumerate() {
            let label = if place == 0 { voice.say("label.basis", &[]) } else { String::new() };
            page.row(&label, &format!("{}: {}", voice.name("basis", name), voice.figure(figure)));
        }
        if let Some(package) = &line.package {
            self.package(package, page);
        }
        self.of_plan(page);
        if !self.is_minimum() {
            self.row(page, "label.price", &format!("{}, {}", self.price(), self.in_force()));
        }
        self.amount(&exact, page);
        let vat = [("rate", voice.decimal(line.vat.rate)), ("category", line.vat.category.clone())];
        self.row(page, "label.vat", &voice.say("text.vat_line", &vat.each_ref().map(|(name, value)| (*name, value.as_str()))));
        self.row(page, "label.origin", &lineage::origin(&line.lineage, voice));
        Some(())
    }

    fn row(&self, page: &mut Page, label: &str, text: &str) {
        page.row(&self.voice.say(label, &[]), text);
    }

    fn plan(&self) -> String {
        match &self.line.service {
            Some(service) => self.voice.say("text.plan", &[("plan", &self.line.plan), ("service", service)]),
            None => self.voice.say("text.plan_alone", &[("plan", &self.line.plan)]),
        }
    }

    fn unit(&self) -> &str {
        self.voice.name("unit", &self.line.unit)
    }

    fn counted(&self) -> String {
        let (line, voice) = (self.line, self.voice);
        if let Some(archive) = self.archive() {
            return archive;
        }
        let is_one = line.lineage.events == 1;
        let key = match line.lineage.events {
            0 if self.is_minimum() => "text.counted_minimum",
            0 if self.follows_from_figures() => "text.counted_figures_only",
            _ if self.follows_from_figures() => "text.counted_figures",
            0 => "text.counted_none",
            _ if line.package.is_some() => {
                if is_one {
                    "text.counted_pool_one"
                } else {
                    "text.counted_pool"
                }
            }
            _ if self.record.kind == "correction" => {
                if is_one {
                    "text.counted_late_one"
                } else {
                    "text.counted_late"
                }
            }
            _ => {
                if is_one {
                    "text.counted_one"
                } else {
                    "text.counted"
                }
            }
        };
        let counted = self.total_of_tiers().unwrap_or(line.quantity);
        let (events, quantity) = (voice.number(&line.lineage.events.to_string()), voice.decimal(counted));
        voice.say(key, &[("events", &events), ("quantity", &quantity), ("unit", self.unit())])
    }

    /// What an archive counts on a reference day. None: it is no archive, or its rules are not at hand.
    fn archive(&self) -> Option<String> {
        let Model::Archive(rules) = &self.rules?.plan(&self.line.plan)?.model else { return None };
        if self.record.kind == "correction" || self.line.lineage.events == 0 {
            return None;
        }
        let voice = self.voice;
        let (age, reference) = (self.age(rules.older_than), voice.date(self.reference(rules)?));
        let (events, quantity) = (voice.number(&self.line.lineage.events.to_string()), voice.decimal(self.line.quantity));
        let values =
            [("quantity", quantity.as_str()), ("unit", self.unit()), ("age", &age), ("reference", &reference), ("events", &events)];
        Some(voice.say("text.counted_archive", &values))
    }

    fn reference(&self, rules: &ArchivePlan) -> Option<chrono::NaiveDate> {
        if rules.advance { Some(self.line.period.from) } else { self.line.period.to.succ_opt() }
    }

    fn age(&self, age: CalendarDuration) -> String {
        let parts = [(age.months / 12, "ANN"), (age.months % 12, "MON"), (age.days, "DAY")];
        let named = parts.iter().filter(|(count, _)| *count > 0);
        named.map(|(count, unit)| format!("{count}\u{a0}{}", self.voice.name("unit", unit))).collect::<Vec<_>>().join(" ")
    }

    fn package(&self, package: &Package, page: &mut Page) {
        let voice = self.voice;
        let (ordinal, size) = (package.ordinal.to_string(), voice.decimal(package.size));
        let (first, last) = (voice.decimal(package.first_unit), voice.decimal(package.last_unit));
        let values = [("ordinal", ordinal.as_str()), ("size", &size), ("unit", self.unit()), ("first", &first), ("last", &last)];
        self.row(page, "label.package", &voice.say("text.package", &values));
        let covered = package.first_unit.checked_sub(Decimal::ONE).map_or_else(String::new, |covered| voice.decimal(covered));
        let why = if package.ordinal == 1 { "text.package_first" } else { "text.package_next" };
        let mut text = vec![voice.say(why, &[("covered", &covered), ("first", &first)])];
        let together = self.record.lines.iter().filter(|line| line.package.is_some() && line.plan == self.line.plan).count();
        if together > 1 {
            text.push(voice.say("text.package_many", &[("count", &together.to_string())]));
        }
        text.push(voice.say("text.package_stays", &[]));
        self.row(page, "label.why", &text.join(". "));
    }

    /// A line about the whole plan is the difference to its minimum, unless it has other figures of its own.
    fn is_minimum(&self) -> bool {
        self.line.service.is_none() && (self.line.basis.is_empty() || self.line.basis.contains_key("minimum"))
    }

    /// Was the quantity reckoned from figures, and not counted?
    fn follows_from_figures(&self) -> bool {
        self.line.basis.keys().any(|name| !ASIDES.contains(&name.as_str()))
    }

    /// Tiers, minimum, and what is given back.
    fn of_plan(&self, page: &mut Page) {
        let (line, voice) = (self.line, self.voice);
        let gives_back = line.quantity < Decimal::ZERO;
        if self.is_minimum() {
            self.row(page, "label.minimum", &self.minimum(gives_back));
        } else if gives_back {
            self.row(page, "label.why", &voice.say("text.negative", &[]));
        } else if let Some(total) = self.total_of_tiers() {
            let key = if line.quantity > total { "text.tier_moved" } else { "text.tier" };
            let (quantity, total) = (voice.decimal(line.quantity), voice.decimal(total));
            let values = [("quantity", quantity.as_str()), ("total", &total), ("unit", self.unit())];
            self.row(page, "label.tier", &voice.say(key, &values));
        }
    }

    /// The line's own figures; a correction changes the difference of before, which they do not say.
    fn minimum(&self, gives_back: bool) -> String {
        let figure = |name: &str| self.line.basis.get(name).map(|figure| self.voice.figure(figure));
        match figure("minimum").zip(figure("charged_by_use")).filter(|_| self.record.kind != "correction") {
            Some((minimum, used)) => {
                let values = [("minimum", minimum.as_str()), ("use", &used), ("currency", &self.record.currency)];
                self.voice.say("text.minimum", &values)
            }
            None => self.voice.say(if gives_back { "text.minimum_less" } else { "text.minimum_late" }, &[]),
        }
    }

    /// The quantity in all tiers, if there are several: lines of the same days that differ by price.
    fn total_of_tiers(&self) -> Option<Decimal> {
        let line = self.line;
        let is_same = |other: &&Line| {
            (&other.plan, &other.service, other.period.from, other.period.to)
                == (&line.plan, &line.service, line.period.from, line.period.to)
        };
        let tiers: Vec<&Line> = self.record.lines.iter().filter(is_same).collect();
        let differ = tiers.iter().any(|other| other.unit_price != line.unit_price);
        let plain = line.service.is_some() && line.package.is_none() && !self.follows_from_figures();
        (plain && differ).then(|| tiers.iter().try_fold(Decimal::ZERO, |sum, one| sum.checked_add(one.quantity)))?
    }

    fn price(&self) -> String {
        let (line, voice) = (self.line, self.voice);
        let (price, base) = (voice.decimal(line.unit_price), voice.decimal(line.base_quantity));
        let values = [("price", price.as_str()), ("currency", &self.record.currency), ("base", &base), ("unit", self.unit())];
        voice.say(if line.base_quantity == Decimal::ONE { "text.price" } else { "text.price_base" }, &values)
    }

    fn in_force(&self) -> String {
        let (days, voice) = (&self.line.period, self.voice);
        let whole = self.record.period.as_ref().map(|period| (period.days.from, period.days.to));
        let key = match whole {
            _ if self.line.package.is_some() => "text.price_day",
            _ if self.archive().is_some() => "text.price_reference",
            None => "text.price_line",
            Some(whole) if whole == (days.from, days.to) => "text.price_all",
            Some(_) => "text.price_part",
        };
        let (from, to) = (voice.date(days.from), voice.date(days.to));
        voice.say(key, &[("from", &from), ("to", &to), ("date", &from)])
    }

    fn amount(&self, exact: &str, page: &mut Page) {
        let (line, voice) = (self.line, self.voice);
        let divided = if line.base_quantity == Decimal::ONE { String::new() } else { format!(" / {}", voice.decimal(line.base_quantity)) };
        let (quantity, price, shown) = (voice.decimal(line.quantity), voice.decimal(line.unit_price), voice.number(exact));
        let currency = &self.record.currency;
        let is_exact = Decimal::from_str_exact(exact).is_ok_and(|exact| exact == line.net_amount);
        let net = voice.decimal(line.net_amount);
        let product = if is_exact { &net } else { &shown };
        self.row(page, "label.calculation", &format!("{quantity} × {price}{divided} = {product}\u{a0}{currency}"));
        let rounding = if is_exact { "text.unrounded" } else { "text.rounded" };
        self.row(page, "label.rounding", &voice.say(rounding, &[("exact", &shown), ("net", &net), ("currency", currency)]));
    }
}
