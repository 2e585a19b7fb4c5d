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
    /// It was signed with its own key, as far as the names tell.
    pub(crate) is_self_signed: bool,
    /// It names the place where its issuer's certificate lies, as those of public authorities do (RFC 5280 §4.2.2.1).
    pub(crate) names_issuer: bool,
    /// It carries the receipts of public logs (RFC 6962), which browsers demand of public authorities.
    pub(crate) is_logged: bool,
}

/// Programs and devices that open secure connections to look inside, by words in the names of their authorities.
const INSPECTORS: &[(&str, &str)] = &[
    ("avast", "Avast"),
    ("avg ", "AVG"),
    ("barracuda", "Barracuda"),
    ("bitdefender", "Bitdefender"),
    ("blue coat", "Blue Coat"),
    ("charles proxy", "Charles Proxy"),
    ("check point", "Check Point"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("do_not_trust_fiddler", "Fiddler"),
    ("dr.web", "Dr.Web"),
    ("eset ", "ESET"),
    ("forcepoint", "Forcepoint"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("gateway ca - cloudflare", "Cloudflare Gateway"),
    ("kaspersky", "Kaspersky"),
    ("lightspeed", "Lightspeed"),
    ("mcafee", "McAfee"),
    ("mitmproxy", "mitmproxy"),
    ("netskope", "Netskope"),
    ("palo alto", "Palo Alto"),
    ("portswigger", "Burp"),
    ("skyhigh", "Skyhigh"),
    ("smoothwall", "Smoothwall"),
    ("sonicwall", "SonicWall"),
    ("sophos", "Sophos"),
    ("squid", "Squid"),
    ("trend micro", "Trend Micro"),
    ("untangle", "Untangle"),
    ("watchguard", "WatchGuard"),
    ("zscaler", "Zscaler"),
];

impl Certificate {
    /// The product that opens connections to look inside, when the issuer gives it away.
    pub(crate) fn inspector(&self) -> Option<&'static str> {
        let issuer = format!("{} ", self.issuer.to_lowercase());
        let found = INSPECTORS.iter().find(|(words, _)| issuer.contains(words));
        found.map(|(_, name)| *name)
    }
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
/// `1.3.6.1.5.5.7.48.2`, where the issuer's certificate lies, with its tag and length.
const CA_ISSUERS: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
/// `1.3.6.1.4.1.11129.2.4.2`, receipts of logs, with its tag and length.
const LOG_RECEIPTS: &[u8] = &[
    0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02,
];

/// Reads a certificate.
pub(crate) fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    let (_, _serial, rest) = element(rest)?;
    let (_, _algorithm, rest) = element(rest)?;
    let (_, issuer_name, rest) = element(rest)?;
    let (_, validity, rest) = element(rest)?;
    let (_, subject, rest) = element(rest)?;
    let has = |id: &[u8]| rest.windows(id.len()).any(|found| found == id);
    let (from_tag, from, after) = element(validity)?;
    let (to_tag, to, _) = element(after)?;
    let organisation = name(issuer_name, ORGANISATION);
    let common = name(issuer_name, COMMON_NAME);
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
        is_self_signed: issuer_name == subject,
        names_issuer: has(CA_ISSUERS),
        is_logged: has(LOG_RECEIPTS),
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
    fn a_product_that_looks_inside_is_known_by_its_authority() {
        let signed_by = |issuer: &str| {
            Certificate {
                issuer: issuer.to_owned(),
                ..read(EXPIRED).unwrap()
            }
            .inspector()
        };
        assert_eq!(
            signed_by("Zscaler Inc., Zscaler Intermediate Root CA"),
            Some("Zscaler")
        );
        assert_eq!(signed_by("Fortinet, FG100E"), Some("Fortinet"));
        assert_eq!(signed_by("ESET SSL Filter CA"), Some("ESET"));
        for public in [
            "Let's Encrypt, R11",
            "DigiCert Inc, DigiCert TLS RSA SHA256 2020 CA1",
            "Kiosk Guard",
        ] {
            assert_eq!(signed_by(public), None, "{public}");
        }
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
