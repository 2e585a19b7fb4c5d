//! Colours and their lighter and darker sisters.

use std::fmt;

/// A colour as `0xRRGGBB`.
#[derive(Clone, Copy)]
pub(super) struct Ink(pub(super) u32);

impl Ink {
    /// Mixes in `percent` of white.
    pub(super) fn lighter(self, percent: u32) -> Self {
        self.mixed(0xff, percent)
    }

    /// Mixes in `percent` of black.
    pub(super) fn darker(self, percent: u32) -> Self {
        self.mixed(0x00, percent)
    }

    fn mixed(self, other: u32, percent: u32) -> Self {
        let channel = |shift: u32| {
            let own = (self.0 >> shift) & 0xff;
            ((own * (100 - percent) + other * percent) / 100) << shift
        };
        Self(channel(16) | channel(8) | channel(0))
    }
}

impl fmt::Display for Ink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Ink;

    #[test]
    fn mixing_goes_from_the_colour_to_white_and_to_black() {
        let check = |ink: Ink, expected: &str| assert_eq!(ink.to_string(), expected);
        check(Ink(0x204060).lighter(0), "#204060");
        check(Ink(0x204060).lighter(50), "#8f9faf");
        check(Ink(0x204060).darker(50), "#102030");
        check(Ink(0x204060).lighter(100), "#ffffff");
        check(Ink(0x204060).darker(100), "#000000");
    }
}
