//! What stands below the doctor's verdict: the last day, and the sales that wait.

/// The last day of the session and of the way to the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthDay {
    /// One cell for each hour, the oldest first.
    pub hours: Vec<HealthHour>,
    /// Facts: label and value.
    pub facts: Vec<(&'static str, String)>,
}

/// An hour of the strip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthHour {
    /// `ok`, `warn`, `bad` or `none`.
    pub class: &'static str,
    /// `10:00, fine`.
    pub said: String,
    /// Words under the strip at this hour; mostly empty.
    pub label: String,
}

/// The sales that wait.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthWaiting {
    /// How many, their sum, and since when.
    pub words: String,
    /// The oldest of them.
    pub rows: Vec<HealthSale>,
    /// Whether some wait for nothing but the store, so that they can be sent now.
    pub can_send: bool,
}

/// A sale that waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthSale {
    /// Its identity.
    pub uuid: String,
    /// Its number.
    pub number: String,
    /// When it was paid.
    pub at: String,
    /// What it came to.
    pub total: String,
    /// The store's own words, when it was refused; else empty.
    pub refused: String,
    /// Whether it waits for a person.
    pub is_parked: bool,
}
