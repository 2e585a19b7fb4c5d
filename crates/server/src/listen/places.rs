//! How many connections there are, in all and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::proxies::neighbourhood;

/// Who is connected.
#[derive(Debug, Default)]
pub(crate) struct Places(Mutex<Count>);

#[derive(Debug, Default)]
struct Count {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Places {
    /// Open connections.
    pub(crate) fn taken(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

/// A place that is free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Place {
    /// Takes a place; none when there is none left, or none for this address.
    pub(super) fn take(
        places: &Arc<Places>,
        address: IpAddr,
        most: usize,
        most_per_address: Option<usize>,
    ) -> Option<Self> {
        let address = neighbourhood(address);
        let mut count = places.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = count.by_address.get(&address).copied().unwrap_or_default();
        if count.all >= most || most_per_address.is_some_and(|most| here >= most) {
            return None;
        }
        count.all += 1;
        count.by_address.insert(address, here + 1);
        drop(count);
        Some(Self {
            places: Arc::clone(places),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut count = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.all -= 1;
        if let Some(here) = count.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                count.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_take_every_place() {
        let places = Arc::new(Places::default());
        let take = |address: &str| Place::take(&places, address.parse().unwrap(), 3, Some(2));
        let held = [take("10.0.0.1").unwrap(), take("10.0.0.1").unwrap()];
        assert!(take("10.0.0.1").is_none());
        let other = take("10.0.0.2").unwrap();
        assert!(take("10.0.0.3").is_none(), "all places are taken");
        drop(held);
        assert!(take("10.0.0.1").is_some());
        drop(other);
        assert_eq!(places.taken(), 0);
        assert!(
            places.0.lock().unwrap().by_address.is_empty(),
            "nothing is remembered"
        );
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_share_their_places() {
        let places = Arc::new(Places::default());
        let take = |address: &str| Place::take(&places, address.parse().unwrap(), 9, Some(1));
        let _held = take("2001:db8::1").unwrap();
        assert!(take("2001:db8::ffff:2").is_none());
        assert!(take("2001:db8:0:1::1").is_some());
    }
}
