//! The four facts of a certificate that a person can use: for whom, by whom, from when, until when.
//!
//! A reader of DER as far as these facts need it (RFC 5280 §4.1). It believes nothing and never panics on foreign
//! bytes; what it cannot read is left out.

/// A certificate as far as it explains a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// Common name of the holder, may be empty.
    pub(crate) subject: String,
    /// Organisation and common name of the issuer.
    pub(crate) issuer: String,
    /// Start, seconds since 1970.
    pub(crate) not_before_s: i64,
    /// End, seconds since 1970.
    pub(crate) not_after_s: i64,
}

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const VERSION: u8 = 0xa0;

/// `2.5.4.3`, common name.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// `2.5.4.10`, organisation.
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];

/// Reads a certificate.
pub(crate) fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    let (_, _serial, rest) = element(rest)?;
    let (_, _algorithm, rest) = element(rest)?;
    let (_, issuer, rest) = element(rest)?;
    let (_, validity, rest) = element(rest)?;
    let (_, subject, _) = element(rest)?;
    let (from_tag, from, after) = element(validity)?;
    let (to_tag, to, _) = element(after)?;
    let organisation = name(issuer, ORGANISATION);
    let common = name(issuer, COMMON_NAME);
    let issuer = match (organisation.is_empty(), common.is_empty()) {
        (false, false) => format!("{organisation}, {common}"),
        (true, _) => common,
        (_, true) => organisation,
    };
    Some(Certificate {
        subject: name(subject, COMMON_NAME),
        issuer,
        not_before_s: time(from_tag, from)?,
        not_after_s: time(to_tag, to)?,
    })
}

/// Tag, content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return None;
        }
        let bytes = rest.get(..count)?;
        let length = bytes
            .iter()
            .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        (length, rest.get(count..)?)
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

/// The first value of a kind in a distinguished name.
fn name(mut sets: &[u8], kind: &[u8]) -> String {
    while let Some((_, set, rest)) = element(sets) {
        sets = rest;
        let Some((SEQUENCE, pair, _)) = element(set) else {
            continue;
        };
        let Some((OBJECT_ID, id, value)) = element(pair) else {
            continue;
        };
        if id == kind
            && let Some((_, text, _)) = element(value)
        {
            let text = String::from_utf8_lossy(text);
            return text.chars().filter(|c| !c.is_control()).take(80).collect();
        }
    }
    String::new()
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, in seconds since 1970.
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let full = match tag {
        // Two digits: 1950 to 2049 (RFC 5280 §4.1.2.5.1).
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &full).ok()?;
    Some(
        time.to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?
            .timestamp()
            .as_second(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPIRED: &[u8] = include_bytes!("../../tests/fixtures/expired.der");

    #[test]
    fn the_four_facts_are_read() {
        let found = read(EXPIRED).unwrap();
        assert_eq!(found.subject, "shop.example");
        assert_eq!(found.issuer, "Kiosk Guard, Kiosk Guard Inspection CA");
        assert_eq!(
            (found.not_before_s, found.not_after_s),
            (1_704_067_200, 1_706_745_600)
        );
    }

    #[test]
    fn cut_and_turned_bytes_never_panic() {
        for end in 0..EXPIRED.len() {
            let _ = read(&EXPIRED[..end]);
            let mut turned = EXPIRED.to_vec();
            turned[end] ^= 0xff;
            let _ = read(&turned);
        }
        assert_eq!(read(b""), None);
    }
}
