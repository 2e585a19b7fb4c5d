//! What ties a sign-in form to the visit that asked for it. Nothing is kept: the form carries its own proof.

use subtle::ConstantTimeEq as _;

use crate::keys::Keys;

/// How long a form is good, in seconds.
const LIFE_S: i64 = 600;

/// Half the life of a nonce, in seconds: WordPress' twelve hours.
const TICK_S: i64 = 12 * 60 * 60;

/// Why a form is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormFault {
    /// It is too old.
    Expired,
    /// It belongs to another visit.
    Foreign,
}

/// 32 hex digits: when the form ends, and a seal over that, the state and the address to return to.
pub(crate) fn auth_session(keys: &Keys, state: &str, redirect: &str, now: i64) -> String {
    let ends = (now + LIFE_S) as u32;
    let seal = keys.page_mac(format!("form\n{ends}\n{state}\n{redirect}").as_bytes());
    hex(&ends.to_be_bytes()) + &hex(&seal[..12])
}

/// Checks what a form sends back.
pub(crate) fn check(keys: &Keys, sent: &str, state: &str, redirect: &str, now: i64) -> Result<(), FormFault> {
    let ends = sent
        .get(..8)
        .and_then(|text| u32::from_str_radix(text, 16).ok())
        .ok_or(FormFault::Foreign)?;
    let expected = auth_session(keys, state, redirect, i64::from(ends) - LIFE_S);
    if !bool::from(expected.as_bytes().ct_eq(sent.as_bytes())) {
        return Err(FormFault::Foreign);
    }
    if i64::from(ends) < now {
        return Err(FormFault::Expired);
    }
    Ok(())
}

/// Ten hex digits that change twice a day.
pub(crate) fn nonce(keys: &Keys, now: i64) -> String {
    nonce_of(keys, now.div_euclid(TICK_S))
}

fn nonce_of(keys: &Keys, tick: i64) -> String {
    hex(&keys.page_mac(format!("nonce\n{tick}").as_bytes())[..5])
}

/// Whether a nonce is of this half day or the one before.
pub(crate) fn is_nonce(keys: &Keys, sent: &str, now: i64) -> bool {
    let tick = now.div_euclid(TICK_S);
    [tick, tick - 1]
        .into_iter()
        .any(|tick| nonce_of(keys, tick).as_bytes().ct_eq(sent.as_bytes()).into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_good_for_ten_minutes_and_for_its_own_visit() {
        let keys = Keys::for_tests(1);
        let sent = auth_session(&keys, "s", "wcpos://auth", 1000);
        assert_eq!(sent.len(), 32);
        assert_eq!(check(&keys, &sent, "s", "wcpos://auth", 1600), Ok(()));
        assert_eq!(
            check(&keys, &sent, "s", "wcpos://auth", 1601),
            Err(FormFault::Expired)
        );
        assert_eq!(
            check(&keys, &sent, "t", "wcpos://auth", 1000),
            Err(FormFault::Foreign)
        );
        assert_eq!(
            check(&keys, &sent, "s", "wcpos://other", 1000),
            Err(FormFault::Foreign)
        );
        assert_eq!(
            check(&Keys::for_tests(9), &sent, "s", "wcpos://auth", 1000),
            Err(FormFault::Foreign)
        );
        for junk in ["", "x", "zzzzzzzz", "é€é€é€é€"] {
            assert_eq!(
                check(&keys, junk, "s", "wcpos://auth", 1000),
                Err(FormFault::Foreign),
                "{junk}"
            );
        }
    }

    #[test]
    fn a_nonce_lives_between_half_a_day_and_a_day() {
        let keys = Keys::for_tests(1);
        let sent = nonce(&keys, 0);
        assert_eq!(sent.len(), 10);
        assert!(is_nonce(&keys, &sent, TICK_S * 2 - 1));
        assert!(!is_nonce(&keys, &sent, TICK_S * 2));
    }
}
