//! What lies on a disk or came in a file: sealed, or opened and not understood.

use std::path::Path;

use evertill_session::engine::Stored;
use evertill_session::{BootId, Engine, Input, Moment, Now, Roll, WallTime};
use evertill_wire::Passphrase;

use crate::error::ClientError;
use crate::parcel::{self, Kind};
use crate::vault::carrying;
use crate::vault::contents::Contents;
use crate::vault::key::VaultKey;
use crate::vault::seal::{self, Opened};

/// Where a parcel says what its key costs; trying must cost nothing.
const COSTS: std::ops::Range<usize> = 9..17;

/// A file is opened as it was sealed, or not at all.
pub fn sealed_vault(bytes: &[u8]) {
    let key = || VaultKey::from_bytes([7; 32]);
    let open = |sealed: &[u8], name: &str| {
        seal::open(sealed, name, |id| Ok((id == key().id()).then(key))).expect("a key that is at hand")
    };
    assert!(
        !matches!(open(bytes, "shop"), Opened::Content(_)),
        "nobody sealed it"
    );
    let _ = (seal::format(bytes), seal::key_id(bytes));
    let (at, content) = bytes.split_at_checked(2).unwrap_or((&[0, 0], bytes));
    let mut sealed = seal::seal(&key(), "shop", content).expect("chance is to be had");
    assert_eq!(open(&sealed, "shop"), Opened::Content(content.to_vec().into()));
    assert_eq!(open(&sealed, "another shop"), Opened::Damaged);
    let place = (usize::from(at[0]) * 256 + usize::from(at[1])) % sealed.len();
    sealed[place] ^= 1 << (at[0] % 8);
    let opened = open(&sealed, "shop");
    assert_eq!(
        opened,
        Opened::Damaged,
        "bit {} of byte {place} was altered",
        at[0] % 8
    );
    assert_eq!(open(&sealed[..place], "shop"), Opened::Damaged, "cut short");
}

/// What a vault held, now or years ago, or whatever else was sealed: the rules take it up and go on.
pub fn vault_contents(bytes: &[u8]) {
    let place = Path::new("vault");
    let Ok(contents) = Contents::of_bytes(bytes, place) else {
        return;
    };
    // An address without a scheme gets one when it is written, and from then on stays as it is.
    let again = |contents: &Contents| {
        Contents::of_bytes(&contents.to_bytes(), place).expect("what was written is read")
    };
    let kept = again(&contents);
    assert_eq!(again(&kept), kept);
    let Some(record) = contents.record else { return };
    for boot in [record.grant.received.boot.clone(), BootId::new("another")] {
        let mut now = Now {
            moment: Moment::from_millis(1),
            wall: WallTime::from_millis(1_795_398_738_000),
        };
        let mut engine = Engine::new(boot);
        let _ = engine.step(
            now,
            Roll(1),
            Input::Start(Stored::Found(Box::new(record.clone()))),
        );
        for _ in 0..4 {
            let _ = engine.status(now);
            let Some((at, _)) = engine.deadline() else { break };
            now.moment = now.moment.max(at);
            let _ = engine.step(now, Roll(u64::MAX), Input::Due);
        }
    }
}

/// A key is 32 bytes and written one way.
pub fn key_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(key) = VaultKey::from_text(&text) {
        assert_eq!(key.to_text().as_str(), text.trim());
    }
}

/// A parcel of nobody does not open, whatever it says its key costs.
pub fn parcel(bytes: &[u8]) {
    let mut cheap = bytes.to_vec();
    if let Some(costs) = cheap.get_mut(COSTS) {
        costs.copy_from_slice(&[0, 0, 0, 8, 0, 0, 0, 1]);
    }
    for kind in [Kind::Sales, Kind::Session, Kind::VaultKey] {
        let opened = parcel::open(kind, &Passphrase::new("a passphrase of nobody"), &cheap);
        let expected = matches!(
            opened,
            Err(ClientError::ParcelNotOpened | ClientError::ParcelTooNew { .. })
        );
        assert!(expected, "nobody sealed it");
    }
}

/// What was in a parcel of sessions.
pub fn carried(bytes: &[u8]) {
    let _ = carrying::count_in(bytes);
}
