//! Real municipalities, largest first; inhabitants are rounded.

/// A country with what all its municipalities have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Country {
    Sweden,
    Denmark,
    Finland,
}

impl Country {
    pub const ALL: [Self; 3] = [Self::Sweden, Self::Denmark, Self::Finland];

    pub fn code(self) -> &'static str {
        match self {
            Self::Sweden => "SE",
            Self::Denmark => "DK",
            Self::Finland => "FI",
        }
    }

    pub fn zone(self) -> chrono_tz::Tz {
        match self {
            Self::Sweden => chrono_tz::Europe::Stockholm,
            Self::Denmark => chrono_tz::Europe::Copenhagen,
            Self::Finland => chrono_tz::Europe::Helsinki,
        }
    }

    /// What stands behind the name of a made-up customer.
    pub fn example(self) -> &'static str {
        match self {
            Self::Denmark => "eksempel",
            Self::Sweden | Self::Finland => "exempel",
        }
    }

    pub fn currency(self) -> &'static str {
        match self {
            Self::Sweden => "SEK",
            Self::Denmark => "DKK",
            Self::Finland => "EUR",
        }
    }
}

use Country::{Denmark, Finland, Sweden};

/// Country, national code, name, inhabitants.
pub const MUNICIPALITIES: &[(Country, &str, &str, u32)] = &[
    (Sweden, "0180", "Stockholms kommun", 990_000),
    (Finland, "091", "Helsingfors stad", 685_000),
    (Denmark, "0101", "Københavns Kommune", 667_000),
    (Sweden, "1480", "Göteborgs kommun", 608_000),
    (Denmark, "0751", "Aarhus Kommune", 373_000),
    (Sweden, "1280", "Malmö kommun", 366_000),
    (Finland, "049", "Esbo stad", 321_000),
    (Finland, "837", "Tammerfors stad", 261_000),
    (Finland, "092", "Vanda stad", 252_000),
    (Sweden, "0380", "Uppsala kommun", 248_000),
    (Denmark, "0851", "Aalborg Kommune", 224_000),
    (Finland, "564", "Uleåborgs stad", 217_000),
    (Denmark, "0461", "Odense Kommune", 210_000),
    (Finland, "853", "Åbo stad", 207_000),
    (Sweden, "0580", "Linköpings kommun", 168_000),
    (Sweden, "1980", "Västerås kommun", 160_000),
    (Sweden, "1880", "Örebro kommun", 159_000),
    (Sweden, "1283", "Helsingborgs kommun", 152_000),
    (Finland, "179", "Jyväskylä stad", 149_000),
    (Sweden, "0680", "Jönköpings kommun", 146_000),
    (Sweden, "0581", "Norrköpings kommun", 146_000),
    (Sweden, "2480", "Umeå kommun", 135_000),
    (Sweden, "1281", "Lunds kommun", 132_000),
    (Finland, "297", "Kuopio stad", 126_000),
    (Denmark, "0630", "Vejle Kommune", 123_000),
    (Finland, "398", "Lahtis stad", 121_000),
    (Denmark, "0561", "Esbjerg Kommune", 115_000),
    (Sweden, "1490", "Borås kommun", 115_000),
    (Denmark, "0147", "Frederiksberg Kommune", 105_000),
    (Sweden, "1380", "Halmstads kommun", 105_000),
    (Sweden, "2180", "Gävle kommun", 104_000),
    (Sweden, "0181", "Södertälje kommun", 103_000),
    (Denmark, "0730", "Randers Kommune", 99_000),
    (Sweden, "2281", "Sundsvalls kommun", 99_000),
    (Sweden, "1780", "Karlstads kommun", 97_000),
    (Sweden, "0780", "Växjö kommun", 97_000),
    (Denmark, "0615", "Horsens Kommune", 97_000),
    (Denmark, "0621", "Kolding Kommune", 95_000),
    (Denmark, "0265", "Roskilde Kommune", 92_000),
    (Finland, "905", "Vasa stad", 70_000),
    (Sweden, "0980", "Region Gotland", 61_000),
    (Denmark, "0400", "Bornholms Regionskommune", 39_000),
    (Sweden, "2584", "Kiruna kommun", 22_000),
    (Finland, "170", "Jomala kommun", 6_000),
];
