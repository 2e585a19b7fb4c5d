//! What is reported to the driver and decided elsewhere: refused tokens, where tokens travel, what the clocks say.

use evertill_session::{Event, Input, Serial, Unauthorized, policy};

use super::{Driver, jobs};
use crate::error::ClientError;
use crate::profile::{StoreProfile, TokenPlace};

impl Driver {
    /// A request was answered with 401. One that left before its token was moved says nothing about where it is now.
    pub(super) async fn on_refused(&mut self, serial: Serial, place: TokenPlace, word: Unauthorized) {
        let input = match word {
            _ if self.shared.token.has_moved_on(serial, place) => Input::Due,
            Unauthorized::TokenRefused => Input::TokenRefused(serial),
            Unauthorized::Locked => Input::RestLocked(serial),
        };
        self.feed(input).await;
    }

    /// A person wants tokens to travel another way.
    pub(super) async fn use_place(&mut self, place: TokenPlace) -> Result<(), ClientError> {
        let Some(profile) = self.profile.clone() else {
            return Err(ClientError::NotSignedIn {
                store: self.shared.store.to_string(),
            });
        };
        let (home, wanted) = (
            self.shared.home.clone(),
            StoreProfile {
                token_place: place,
                ..profile
            },
        );
        jobs::on_disk(move || home.save_profile(&wanted)).await?;
        self.send_tokens_by(place).await;
        self.shared.token.travel(place);
        self.feed(Input::TravelsBy(place.place())).await;
        Ok(())
    }

    /// Notes how far the store's clock is from this device's, when that is new. Nothing is decided by it.
    pub(super) async fn compare_clocks(&mut self, store_ms: Option<i64>) {
        let (Some(store_ms), Some(profile)) = (store_ms, self.profile.clone()) else {
            return;
        };
        let ahead_s = store_ms.saturating_sub(self.shared.now().wall.as_millis()) / 1_000;
        let known_s = profile.clock_ahead_s.unwrap_or(0);
        if !policy::is_new_skew(known_s, ahead_s) {
            return;
        }
        self.remember(StoreProfile {
            clock_ahead_s: Some(ahead_s),
            ..profile
        })
        .await;
        if policy::is_skewed(ahead_s) {
            self.note(Event::ClocksDiffer { ahead_s }).await;
        }
    }
}
