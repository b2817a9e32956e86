//! Room for so much at once, of which one address may hold half, so that nobody alone keeps all
//! others out.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Room for connections, or for bytes.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    all: Arc<Semaphore>,
    of_one: usize,
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Room {
    pub(crate) fn new(size: usize) -> Self {
        let size = size.min(Semaphore::MAX_PERMITS);
        Self { all: Arc::new(Semaphore::new(size)), of_one: size.div_ceil(2), held: Arc::default() }
    }

    /// So much of it for this address; none if there is no room for it. What comes from no address
    /// comes from the server's own machine, and has no share of its own.
    pub(crate) fn take(&self, address: Option<IpAddr>, count: usize) -> Option<Place> {
        let permits = u32::try_from(count).ok()?;
        let permit = self.all.clone().try_acquire_many_owned(permits).ok()?;
        let from = address.map(network);
        if let Some(from) = from {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let sum = held.get(&from).copied().unwrap_or_default().saturating_add(count);
            if sum > self.of_one {
                return None;
            }
            held.insert(from, sum);
        }
        Some(Place { held: self.held.clone(), from, count, _permit: permit })
    }
}

/// What one party has for itself: an address of IPv4, or 64 bits of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address => address,
    }
}

/// What was taken, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    from: Option<IpAddr>,
    count: usize,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(from) = self.from else { return };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&from) {
            *count -= self.count;
            if *count == 0 {
                held.remove(&from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_alone_keeps_all_others_out() {
        let room = Room::new(5);
        let take = |address: &str| room.take(Some(address.parse().unwrap()), 1);
        let mut held: Vec<_> = (0..3).map(|_| take("192.0.2.1").unwrap()).collect();
        assert!(take("192.0.2.1").is_none() && take("::ffff:192.0.2.1").is_none());
        held.push(take("2001:db8::1").unwrap());
        held.push(take("2001:db8::2").unwrap());
        assert!(take("198.51.100.7").is_none(), "there is no more room");
        held.remove(0);
        assert!(take("192.0.2.1").is_some());
        drop(held);
        assert!(room.held.lock().unwrap().is_empty());
        // All addresses of one network of 64 bits are one party's.
        let held: Vec<_> = (1..=3).map(|one| take(&format!("2001:db8::{one}")).unwrap()).collect();
        assert!(take("2001:db8::4").is_none() && take("2001:db8:0:1::4").is_some());
        drop(held);
    }

    #[test]
    fn much_at_once_counts_as_much() {
        let room = Room::new(100);
        let [one, another] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().ok());
        assert!(room.take(one, 51).is_none());
        let half = room.take(one, 50).unwrap();
        assert!(room.take(one, 1).is_none());
        assert!(room.take(None, 51).is_none());
        let most = room.take(another, 40).unwrap();
        assert!(room.take(None, 11).is_none() && room.take(None, 10).is_some());
        drop(half);
        assert!(room.take(one, 50).is_some());
        drop(most);
        assert!(room.take(None, 100).is_some());
        assert!(room.held.lock().unwrap().is_empty());
    }
}
