use super::*;

/// A moment long after keys of unknown age.
const NOW: i64 = 1_795_402_593;

/// A key file of the first layout, as stores before rotation wrote it.
const FIRST: &str = "{\"version\":1,\"signing\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",\
\"refresh\":\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\",\"page\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\"}";

fn acting(keys: &Keys, now: i64) -> String {
    keys.ring().signer(now).kid().to_owned()
}

fn verifies(keys: &Keys, kid: &str, now: i64) -> bool {
    keys.ring().verifier(kid, now).is_some()
}

#[test]
fn keys_are_made_once_and_read_back() {
    let home = tempfile::tempdir().unwrap();
    let made = Keys::open(home.path(), true).unwrap();
    let read = Keys::open(home.path(), false).unwrap();
    assert_eq!(acting(&made, NOW), acting(&read, NOW));
    assert_eq!(made.ring().refresh_mac(b"x"), read.ring().refresh_mac(b"x"));
    assert_ne!(made.ring().refresh_mac(b"x"), made.page_mac(b"x"));
}

#[test]
#[cfg(unix)]
fn the_key_file_is_for_its_owner_only_also_after_a_rotation() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    Keys::open(home.path(), true).unwrap();
    let mode = || {
        let metadata = fs::metadata(file::path_in(home.path())).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(), 0o600);
    rotate_keys(home.path(), Rotation::Signing, &Clock::standing_at(NOW)).unwrap();
    assert_eq!(mode(), 0o600);
}

#[test]
fn a_damaged_key_file_is_refused_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = file::path_in(home.path());
    for text in [
        "",
        "{}",
        "{\"version\":1,\"signing\":\"AA\",\"refresh\":\"AA\",\"page\":\"AA\"}",
        "{\"version\":2,\"signing\":[],\"refresh\":[],\"page\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\"}",
        "{\"version\":3}",
    ] {
        fs::write(&path, text).unwrap();
        let error = Keys::open(home.path(), true).unwrap_err();
        assert_eq!(error.code(), evertill_wire::Code::STORE_KEYS_UNUSABLE, "{text}");
        let rotated = rotate_keys(home.path(), Rotation::Signing, &Clock::standing_at(NOW));
        assert!(rotated.is_err(), "{text}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_store_with_data_never_gets_new_keys() {
    let home = tempfile::tempdir().unwrap();
    let error = Keys::open(home.path(), false).unwrap_err();
    assert!(matches!(error, ServerError::KeysMissing { .. }));
    assert!(!file::path_in(home.path()).exists());
}

#[test]
fn a_key_file_from_before_rotation_is_read_and_rotates() {
    let home = tempfile::tempdir().unwrap();
    fs::write(file::path_in(home.path()), FIRST).unwrap();
    let keys = Keys::open(home.path(), false).unwrap();
    let (old, seal) = (acting(&keys, NOW), keys.ring().refresh_mac(b"x"));
    assert_eq!(
        fs::read_to_string(file::path_in(home.path())).unwrap(),
        FIRST,
        "the version before can still be put back"
    );
    let new = rotate_keys(home.path(), Rotation::Signing, &Clock::standing_at(NOW)).unwrap();
    keys.look();
    assert_eq!(acting(&keys, NOW + LEAD_S), new);
    assert!(verifies(&keys, &old, NOW + LEAD_S));
    assert!(keys.ring().is_refresh_seal(b"x", &seal[..16]));
}

#[test]
fn a_new_key_takes_over_a_moment_later_and_the_old_one_verifies_until_its_last_token_has_ended() {
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::open(home.path(), true).unwrap();
    let old = acting(&keys, NOW);
    let new = rotate_keys(home.path(), Rotation::Signing, &Clock::standing_at(NOW)).unwrap();
    assert!(!verifies(&keys, &new, NOW), "not looked yet");
    keys.look();
    assert_eq!(acting(&keys, NOW + LEAD_S - 1), old);
    assert!(verifies(&keys, &new, NOW), "known before it signs");
    assert_eq!(acting(&keys, NOW + LEAD_S), new);
    let last = NOW + LEAD_S + ring::OVERLAP_S;
    assert!(verifies(&keys, &old, last - 1));
    assert!(!verifies(&keys, &old, last));
    assert!(verifies(&keys, &new, last));
    let standings: Vec<Standing> = signing_keys(home.path(), &Clock::standing_at(NOW + LEAD_S))
        .unwrap()
        .into_iter()
        .map(|key| key.standing)
        .collect();
    assert_eq!(standings, [Standing::Verifying { until: last }, Standing::Acting]);
}

#[test]
fn a_key_that_got_out_is_believed_no_more() {
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::open(home.path(), true).unwrap();
    let old = acting(&keys, NOW);
    let new = rotate_keys(
        home.path(),
        Rotation::SigningCompromised,
        &Clock::standing_at(NOW),
    )
    .unwrap();
    keys.look();
    assert_eq!(acting(&keys, NOW), new);
    assert!(!verifies(&keys, &old, NOW));
}

#[test]
fn seals_survive_every_rotation() {
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::open(home.path(), true).unwrap();
    let before = keys.ring().refresh_mac(b"token");
    for rotation in [Rotation::Sealing, Rotation::Signing, Rotation::SigningCompromised] {
        rotate_keys(home.path(), rotation, &Clock::standing_at(NOW)).unwrap();
    }
    keys.look();
    let ring = keys.ring();
    assert_ne!(ring.refresh_mac(b"token"), before, "a new key seals");
    assert!(ring.is_refresh_seal(b"token", &before[..16]));
    assert!(ring.is_refresh_seal(b"token", &ring.refresh_mac(b"token")[..16]));
    assert!(!ring.is_refresh_seal(b"tokem", &before[..16]));
    let full = loop {
        if let Err(error) = rotate_keys(home.path(), Rotation::Sealing, &Clock::standing_at(NOW)) {
            break error;
        }
    };
    assert!(matches!(
        full,
        ServerError::KeysDamaged {
            source: KeysError::Full,
            ..
        }
    ));
    keys.look();
    assert!(
        keys.ring().is_refresh_seal(b"token", &before[..16]),
        "none is dropped for room"
    );
}

#[test]
fn rotations_at_once_lose_no_key() {
    let home = tempfile::tempdir().unwrap();
    Keys::open(home.path(), true).unwrap();
    let made: Vec<String> = std::thread::scope(|scope| {
        let rotate = || rotate_keys(home.path(), Rotation::Signing, &Clock::standing_at(NOW)).unwrap();
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(rotate)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let kept: Vec<String> = signing_keys(home.path(), &Clock::standing_at(NOW))
        .unwrap()
        .into_iter()
        .map(|key| key.kid)
        .collect();
    assert!(made.iter().all(|kid| kept.contains(kid)), "{made:?} {kept:?}");
}

#[test]
fn keys_that_are_over_leave_the_file_and_a_clock_set_back_puts_none_out_of_order() {
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::open(home.path(), true).unwrap();
    let at = |now| rotate_keys(home.path(), Rotation::Signing, &Clock::standing_at(now)).unwrap();
    at(NOW);
    let second = at(NOW + 2 * ring::OVERLAP_S);
    let third = at(NOW);
    keys.look();
    assert_eq!(keys.ring().signers().count(), 3, "the first of all is gone");
    assert!(verifies(&keys, &second, NOW));
    assert_eq!(acting(&keys, NOW + 3 * ring::OVERLAP_S), third);
}

#[test]
fn a_schedule_rotates_once_when_it_is_due() {
    let home = tempfile::tempdir().unwrap();
    let keys = Keys::open(home.path(), true).unwrap();
    let month = Duration::from_secs(30 * 86_400);
    for (now, is_due) in [(NOW, true), (NOW + 1, false), (NOW + 29 * 86_400, false)] {
        assert_eq!(keys.rotate_when_due(month, now).is_some(), is_due);
        keys.look();
    }
    assert_eq!(
        keys.ring().newest_from(),
        NOW + LEAD_S,
        "keys of unknown age are due at once"
    );
    let kid = keys.rotate_when_due(month, NOW + 31 * 86_400);
    keys.look();
    assert_eq!(kid.as_deref(), keys.ring().signers().last().map(Signer::kid));
    assert_eq!(keys.ring().newest_from(), NOW + 31 * 86_400 + LEAD_S);
}
