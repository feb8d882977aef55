//! The customers of a run, and who of them an event is from: a few large ones make most of the use.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::municipality::{Country, MUNICIPALITIES};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// As in `subject`: `SE-0180`.
    pub id: String,
    pub name: String,
    pub country: Country,
    pub inhabitants: u32,
}

impl Customer {
    /// In its schools, pre-schools included.
    pub fn pupils(&self) -> u32 {
        self.inhabitants / 8
    }
}

/// Customers, the largest first, with running sums of their shares.
#[derive(Debug)]
pub struct Population {
    pub customers: Vec<Customer>,
    by_country: Vec<Share>,
}

/// The customers of one country.
#[derive(Debug)]
struct Share {
    members: Vec<usize>,
    /// Sum of the weights up to and including this member.
    running: Vec<u64>,
}

impl Population {
    /// Customer number `rank` gets 1 / rank^skew of what the largest gets (Zipf).
    pub fn new(count: usize, skew: f64) -> Self {
        let customers: Vec<Customer> = (0..count).map(customer).collect();
        let share = |country: Country| {
            let members: Vec<usize> = (0..count).filter(|rank| customers.get(*rank).is_some_and(|one| one.country == country)).collect();
            let weights = members.iter().map(|rank| zipf_weight(*rank, skew));
            let running = weights.scan(0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            });
            Share { running: running.collect(), members }
        };
        let by_country = Country::ALL.into_iter().map(share).collect();
        Self { customers, by_country }
    }

    /// How much of all use comes from a country, relative to the others.
    pub fn weight(&self, country: Country) -> u64 {
        self.share(country).and_then(|share| share.running.last().copied()).unwrap_or(0)
    }

    /// A customer of a country by its share; none if the country has none.
    pub fn pick(&self, country: Country, rng: &mut ChaCha8Rng) -> Option<usize> {
        let share = self.share(country)?;
        let total = share.running.last().copied()?;
        let dice = rng.random_range(0..total);
        share.members.get(share.running.partition_point(|sum| *sum <= dice)).copied()
    }

    fn share(&self, country: Country) -> Option<&Share> {
        self.by_country.get(country as usize)
    }
}

/// Beyond the real municipalities, made-up ones with a code that no country uses.
fn customer(rank: usize) -> Customer {
    if let Some((country, code, name, inhabitants)) = MUNICIPALITIES.get(rank) {
        return Customer {
            id: format!("{}-{code}", country.code()),
            // Its registration numbers are made up, and must not be taken for the real one's.
            name: format!("{name} ({})", country.example()),
            country: *country,
            inhabitants: *inhabitants,
        };
    }
    let country = if rank.is_multiple_of(2) { Country::Sweden } else { Country::Denmark };
    Customer { id: format!("XX-{rank:06}"), name: format!("Exempelkommun {rank}"), country, inhabitants: 5_000 }
}

/// Never zero, so that everybody uses something.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share, not an amount")]
fn zipf_weight(rank: usize, skew: f64) -> u64 {
    ((1e9 / ((rank + 1) as f64).powf(skew)) as u64).max(1)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn ids_are_unique_and_every_country_takes_part() {
        let population = Population::new(100, 1.1);
        let mut ids: Vec<&str> = population.customers.iter().map(|customer| customer.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 100);
        assert!(Country::ALL.into_iter().all(|country| population.weight(country) > 0));
    }

    #[test]
    fn the_largest_customer_is_picked_most() {
        let population = Population::new(40, 1.1);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut picks = [0; 40];
        for _ in 0..10_000 {
            picks[population.pick(Country::Sweden, &mut rng).expect("Sweden has customers")] += 1;
        }
        assert_eq!(picks.iter().max(), Some(&picks[0]));
        assert!(picks[0] > 10 * picks[39].max(1));
    }

    #[test]
    fn a_country_without_customers_has_no_share() {
        let population = Population::new(1, 1.0);
        assert_eq!(population.weight(Country::Finland), 0);
        assert_eq!(population.pick(Country::Finland, &mut ChaCha8Rng::seed_from_u64(1)), None);
    }
}
