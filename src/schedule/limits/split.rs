//! Dividing a fleet over tokens.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::Limits;
use super::rooms::Rooms;

/// A fleet divided over tokens: which group goes to which (LIM-5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Split {
    /// What each token gets: those that exist first, in the order in which they were given, then the new ones. A token that gets nothing is
    /// not listed.
    pub shares: Vec<Share>,
    /// The groups that are too large for any token; they are in no share.
    pub too_large: Vec<TooLarge>,
}

/// What a token gets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Share {
    /// The token's name; `None` for a new one.
    pub token: Option<String>,
    /// The groups that it gets, with their devices.
    pub groups: BTreeMap<String, u64>,
    /// How many devices it has then.
    pub devices: u64,
}

/// A group that is larger than a token should be: it cannot stay together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TooLarge {
    /// The group.
    pub group: String,
    /// How many devices it has.
    pub devices: u64,
    /// In which parts it would fit.
    pub parts: Parts,
}

/// Devices divided into parts of as even a size as can be: so many of them, of which the first may have one device more than the others.
/// However many they are, it takes no memory.
///
/// ```
/// use apple_ade::schedule::Limits;
///
/// let parts = Limits::DEFAULT.split_evenly(450_001);
/// assert_eq!((parts.count(), parts.largest()), (3, 150_001));
/// assert_eq!(parts.sizes().collect::<Vec<_>>(), [150_001, 150_000, 150_000]);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Parts {
    count: u64,
    size: u64,
    /// How many of them have one device more.
    larger: u64,
}

impl Parts {
    /// How many parts there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The devices of the largest part, which is the first; 0 if there is none.
    pub fn largest(&self) -> u64 {
        self.size.saturating_add(self.larger.min(1))
    }

    /// The devices of each part, the larger ones first.
    pub fn sizes(&self) -> impl Iterator<Item = u64> + Clone + use<> {
        let Self { count, size, larger } = *self;
        (0..count).map(move |place| if place < larger { size.saturating_add(1) } else { size })
    }
}

impl Limits {
    /// Divides so many devices into as few tokens as they need, of as even a size as can be (LIM-5).
    ///
    /// ```
    /// use apple_ade::schedule::Limits;
    ///
    /// assert!(Limits::DEFAULT.split_evenly(450_001).sizes().eq([150_001, 150_000, 150_000]));
    /// assert_eq!(Limits::DEFAULT.split_evenly(0).count(), 0);
    /// ```
    pub fn split_evenly(&self, devices: u64) -> Parts {
        let count = devices.div_ceil(self.devices_per_token.get());
        let (size, larger) = (devices.checked_div(count), devices.checked_rem(count));
        Parts { count, size: size.unwrap_or(0), larger: larger.unwrap_or(0) }
    }

    /// Divides groups of devices that have to stay together, as the schools of a district, over tokens: first those that exist, each with
    /// its name and the devices that it has already, then as many new ones as it takes (LIM-5). Groups of the same name are one.
    ///
    /// The largest group goes first, each to the first token that has room for it ("first fit decreasing"); without tokens that exist,
    /// that is never more than 11/9 of the tokens that the best division needs, and one more.
    ///
    /// ```
    /// use apple_ade::schedule::Limits;
    ///
    /// let schools = [("north", 90_000), ("south", 120_000), ("east", 80_000), ("west", 60_000)];
    /// let split = Limits::DEFAULT.split(schools, [("token-1", 100_000)]);
    /// let shares: Vec<_> = split.shares.iter().map(|share| (share.token.as_deref(), share.devices)).collect();
    /// assert_eq!(shares, [(Some("token-1"), 190_000), (None, 200_000), (None, 60_000)]);
    /// assert!(split.shares[1].groups.contains_key("south") && split.shares[1].groups.contains_key("east"));
    /// ```
    pub fn split<G: Into<String>, T: Into<String>>(
        &self,
        groups: impl IntoIterator<Item = (G, u64)>,
        tokens: impl IntoIterator<Item = (T, u64)>,
    ) -> Split {
        let most = self.devices_per_token.get();
        let mut whole: BTreeMap<String, u64> = BTreeMap::new();
        for (group, devices) in groups {
            let total = whole.entry(group.into()).or_default();
            *total = total.saturating_add(devices);
        }
        let mut groups: Vec<(String, u64)> = whole.into_iter().collect();
        // The largest first; those of one size stay in the order of their names.
        groups.sort_by_key(|(_, devices)| Reverse(*devices));
        let of_token = |(token, devices): (T, u64)| Share { token: Some(token.into()), devices, ..Share::default() };
        let mut split = Split { shares: tokens.into_iter().map(of_token).collect(), too_large: Vec::new() };
        // A new token for each group is the most that it can take.
        let rooms = split.shares.iter().map(|share| self.headroom(share.devices));
        let mut rooms = Rooms::new(rooms.chain(groups.iter().map(|_| most)));
        for (group, devices) in groups {
            if devices > most {
                split.too_large.push(TooLarge { group, devices, parts: self.split_evenly(devices) });
                continue;
            }
            let place = rooms.take(devices);
            // The first of the new ones is always the next one.
            if place.is_some_and(|place| place >= split.shares.len()) {
                split.shares.push(Share::default());
            }
            if let Some(share) = place.and_then(|place| split.shares.get_mut(place)) {
                share.devices = share.devices.saturating_add(devices);
                share.groups.insert(group, devices);
            }
        }
        split.shares.retain(|share| !share.groups.is_empty());
        split
    }
}
