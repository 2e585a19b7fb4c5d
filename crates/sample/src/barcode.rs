//! Check digits of retail barcodes.

/// Tells whether `code` is an EAN-13 or UPC-A: 13 or 12 ASCII digits, the last one the GS1 check digit of the rest.
///
/// Digits weigh 3 and 1 in turn from the right, starting after the check digit; the weighted sum and the check digit
/// add up to a multiple of ten (GS1 General Specifications, section 7.9).
pub fn is_valid_barcode(code: &str) -> bool {
    if !matches!(code.len(), 12 | 13) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let weighted = |(place, byte): (usize, u8)| u32::from(byte - b'0') * if place % 2 == 0 { 1 } else { 3 };
    code.bytes().rev().enumerate().map(weighted).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::is_valid_barcode;

    #[test]
    fn a_right_check_digit_is_accepted_in_both_lengths() {
        assert!(is_valid_barcode("4006381333931"));
        assert!(is_valid_barcode("036000291452"));
    }

    #[test]
    fn a_wrong_digit_a_wrong_length_and_letters_are_refused() {
        for code in [
            "4006381333932",
            "4006381333913",
            "036000291453",
            "03600029145",
            "40063813339310",
            "40063813339x1",
            "",
        ] {
            assert!(!is_valid_barcode(code), "{code}");
        }
    }
}
