//! How much room each token has, so that the first with enough is found without looking at all.

/// A binary tree of rooms: each knot has the most of the two below it, the last row the rooms themselves.
pub(super) struct Rooms {
    /// The root is the second; the two below a knot are at twice its place and the one after.
    most: Vec<u64>,
    /// Where the last row begins: a power of two.
    width: usize,
}

impl Rooms {
    pub(super) fn new(rooms: impl Iterator<Item = u64>) -> Self {
        let rooms: Vec<u64> = rooms.collect();
        let width = rooms.len().next_power_of_two();
        let mut most = vec![0; width];
        most.extend(rooms);
        most.resize(width.saturating_mul(2), 0);
        let mut tree = Self { most, width };
        for knot in (1..width).rev() {
            tree.renew(knot);
        }
        tree
    }

    /// Takes so much from the first that has it; gives its place.
    pub(super) fn take(&mut self, devices: u64) -> Option<usize> {
        let has_room = |tree: &Self, knot: usize| tree.at(knot).is_some_and(|room| room >= devices);
        let mut knot = 1;
        if !has_room(self, knot) {
            return None;
        }
        while knot < self.width {
            let first = knot.saturating_mul(2);
            knot = if has_room(self, first) { first } else { first.saturating_add(1) };
        }
        let place = knot.saturating_sub(self.width);
        if let Some(room) = self.most.get_mut(knot) {
            *room = room.saturating_sub(devices);
        }
        while knot > 1 {
            knot >>= 1;
            self.renew(knot);
        }
        Some(place)
    }

    fn renew(&mut self, knot: usize) {
        let first = knot.saturating_mul(2);
        let most = self.at(first).max(self.at(first.saturating_add(1))).unwrap_or(0);
        if let Some(room) = self.most.get_mut(knot) {
            *room = most;
        }
    }

    fn at(&self, knot: usize) -> Option<u64> {
        self.most.get(knot).copied()
    }
}
