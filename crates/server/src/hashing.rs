//! The queue before the password check, and the memory it works in.
//!
//! One hash fills 19 MiB. Taken from the allocator each time, by whichever thread is free, that memory stays behind in
//! as many arenas as there are threads: some hundred sign-ins left more than a gigabyte. So there are as many places as
//! passwords may be hashed at a time, each with memory of its own that is made once and used again. Who has a place
//! keeps it until the hash is done, also when the client has hung up long since: otherwise a client that hangs up again
//! and again would have any number of hashes under way.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{accounts::Memory, limits::Room, store::StoreError};

/// Passwords hashed at a time. Each takes 19 MiB and some 20 ms of one core; renewals must not starve.
const PLACES: usize = 2;

/// The queue.
#[derive(Debug)]
pub(crate) struct Hashing {
    places: Arc<Semaphore>,
    /// The memory of the places nobody has.
    free: Arc<Mutex<Vec<Memory>>>,
    waiting: Room,
}

/// More sign-ins wait than the store gets through soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyWait;

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    memory: Memory,
    free: Arc<Mutex<Vec<Memory>>>,
    _permit: OwnedSemaphorePermit,
}

impl Hashing {
    pub(crate) fn new(waiting_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            free: Arc::new(Mutex::new((0..PLACES).map(|_| Memory::default()).collect())),
            waiting: Room::new(waiting_max),
        }
    }

    /// Waits for a place, in the order of coming.
    pub(crate) async fn enter(&self) -> Result<Place, TooManyWait> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return self.place(permit);
        }
        let _waiting = self.waiting.take(1).ok_or(TooManyWait)?;
        let permit = Arc::clone(&self.places).acquire_owned().await;
        self.place(permit.map_err(|_| TooManyWait)?)
    }

    fn place(&self, permit: OwnedSemaphorePermit) -> Result<Place, TooManyWait> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Place {
            memory: free.pop().ok_or(TooManyWait)?,
            free: Arc::clone(&self.free),
            _permit: permit,
        })
    }

    /// Sign-ins that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.taken()
    }
}

impl Place {
    /// Works on a thread that may be blocked, and hands the place back. When nobody waits for that any more, the work
    /// goes on, and only then is the place free.
    pub(crate) async fn work<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<(Self, T), StoreError> {
        let working = tokio::task::spawn_blocking(move || {
            let done = work(&mut self.memory);
            (self, done)
        });
        working.await.map_err(|_| StoreError::Closed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Before the permit goes: whoever has one finds memory.
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(std::mem::take(&mut self.memory));
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future as _, sync::mpsc, task::Poll};

    use evertill_wire::Password;

    use super::*;
    use crate::accounts::PasswordHash;

    async fn must_wait(entering: &mut (impl Future<Output = Result<Place, TooManyWait>> + Unpin)) -> bool {
        std::future::poll_fn(|context| {
            Poll::Ready(std::pin::Pin::new(&mut *entering).poll(context).is_pending())
        })
        .await
    }

    #[tokio::test]
    async fn one_more_than_may_wait_is_told_so_at_once() {
        let hashing = Hashing::new(1);
        let first = hashing.enter().await.unwrap();
        let _second = hashing.enter().await.unwrap();
        let mut third = Box::pin(hashing.enter());
        assert!(must_wait(&mut third).await);
        assert_eq!(hashing.enter().await.unwrap_err(), TooManyWait);
        drop(first);
        assert!(third.await.is_ok());
        assert_eq!(hashing.waiting(), 0);
    }

    #[tokio::test]
    async fn who_hangs_up_has_a_place_until_the_hash_is_done() {
        let hashing = Hashing::new(8);
        let (go, gate) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel::<()>();
        let _other = hashing.enter().await.unwrap();
        let place = hashing.enter().await.unwrap();
        let mut work = Box::pin(place.work(move |_| {
            tell.send(()).unwrap();
            gate.recv().unwrap();
        }));
        std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_pending())).await;
        drop(work);
        told.recv().unwrap();
        let mut next = Box::pin(hashing.enter());
        assert!(must_wait(&mut next).await);
        go.send(()).unwrap();
        assert!(next.await.is_ok());
    }

    #[tokio::test]
    async fn however_many_sign_in_there_is_memory_for_as_many_as_hash_at_a_time() {
        let hashing = Arc::new(Hashing::new(64));
        let signing_in: Vec<_> = (0..12)
            .map(|_| {
                let hashing = Arc::clone(&hashing);
                tokio::spawn(async move {
                    let place = hashing.enter().await.unwrap();
                    let checking = place.work(|memory| {
                        assert!(!PasswordHash::of_nobody().fits(&Password::new("x"), memory));
                        memory.address()
                    });
                    checking.await.unwrap().1
                })
            })
            .collect();
        let mut used = std::collections::HashSet::new();
        for one in signing_in {
            used.insert(one.await.unwrap());
        }
        assert!(used.len() <= PLACES, "{used:?}");
        let free = hashing.free.lock().unwrap();
        assert_eq!(free.len(), PLACES);
        assert!(free.iter().all(|memory| memory.bytes() <= Memory::BYTES_KEPT_MAX));
    }

    #[tokio::test]
    async fn work_that_panics_gives_its_place_back() {
        let hashing = Hashing::new(0);
        for _ in 0..PLACES * 2 {
            let place = hashing.enter().await.unwrap();
            assert!(place.work(|_| panic!("a defect")).await.is_err());
        }
    }
}
