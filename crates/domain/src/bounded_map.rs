//! A cache in memory.

use std::{collections::HashMap, hash::Hash};

/// A map with a maximum number of entries, for copies of stored values: an entry can disappear at any time, and is read again then.
#[derive(Clone, Debug)]
pub struct BoundedMap<K, V> {
    entries: HashMap<K, V>,
    capacity: usize,
}

impl<K: Eq + Hash, V> BoundedMap<K, V> {
    /// Creates an empty map for up to `capacity` entries.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), capacity }
    }

    #[must_use]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key)
    }

    /// Inserts or replaces an entry. If the map is full, all other entries are removed.
    pub fn insert(&mut self, key: K, value: V) {
        if self.entries.len() >= self.capacity && !self.entries.contains_key(&key) {
            self.entries.clear();
        }
        self.entries.insert(key, value);
    }

    pub fn remove(&mut self, key: &K) {
        self.entries.remove(key);
    }

    /// Removes the entries for which `keep` returns false.
    pub fn retain(&mut self, keep: impl Fn(&K, &V) -> bool) {
        self.entries.retain(|key, value| keep(key, value));
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_map_makes_room_for_a_new_entry() {
        let mut map = BoundedMap::new(2);
        map.insert(1, "a");
        map.insert(2, "b");
        map.insert(2, "c");
        assert_eq!((map.get(&1), map.get(&2)), (Some(&"a"), Some(&"c")));
        map.insert(3, "d");
        assert_eq!((map.get(&1), map.get(&2), map.get(&3)), (None, None, Some(&"d")));
    }

    #[test]
    fn a_removed_entry_is_gone() {
        let mut map = BoundedMap::new(9);
        for key in 0..6 {
            map.insert(key, key % 2);
        }
        map.remove(&0);
        map.retain(|_, value| *value == 0);
        assert_eq!((map.get(&0), map.get(&1), map.get(&2)), (None, None, Some(&0)));
        map.clear();
        assert_eq!(map.get(&2), None);
    }
}
