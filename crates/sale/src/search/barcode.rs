//! Codes on goods: EAN, UPC and their check digits.

/// Whether the code is an EAN-8, UPC-A, EAN-13 or GTIN-14 whose check digit is right.
#[must_use]
pub fn has_right_check_digit(code: &str) -> bool {
    let is_length = matches!(code.len(), 8 | 12 | 13 | 14);
    is_length && code.bytes().all(|byte| byte.is_ascii_digit()) && weighted_sum(code).is_multiple_of(10)
}

/// The same article number with or without its leading zero: UPC-A (12 digits) as EAN-13 and back.
#[must_use]
pub fn zero_twin(code: &str) -> Option<String> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match code.len() {
        12 => Some(format!("0{code}")),
        13 => code.strip_prefix('0').map(str::to_owned),
        _ => None,
    }
}

/// From the right, digits count once and three times in turn.
fn weighted_sum(code: &str) -> u32 {
    code.bytes()
        .rev()
        .zip([1, 3].into_iter().cycle())
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_tell_a_misread_code() {
        for right in [
            "4006381333931",
            "036000291452",
            "0036000291452",
            "96385074",
            "10012345678902",
        ] {
            assert!(has_right_check_digit(right), "{right}");
        }
        for wrong in [
            "4006381333932",
            "036000291453",
            "96385075",
            "1234567",
            "",
            "40063813339x1",
        ] {
            assert!(!has_right_check_digit(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_upc_and_its_ean_are_twins() {
        assert_eq!(zero_twin("036000291452").as_deref(), Some("0036000291452"));
        assert_eq!(zero_twin("0036000291452").as_deref(), Some("036000291452"));
        assert_eq!(zero_twin("4006381333931"), None);
        assert_eq!(zero_twin("TSH-S-123456"), None);
    }
}
