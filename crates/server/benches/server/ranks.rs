//! Whether two rows of measurements differ: the rank test of Mann and Whitney, which asks for no shape.

use std::time::Duration;

/// What the test says.
pub(crate) struct Comparison {
    /// How often chance alone would make the two at least as different, from 0 to 1.
    pub(crate) p: f64,
    /// Median of the second less that of the first, in microseconds.
    pub(crate) median_us: f64,
}

/// Compares two rows, with the normal approximation, which is good from some twenty measurements on.
pub(crate) fn compare(first: &[Duration], second: &[Duration]) -> Comparison {
    let mut all: Vec<(Duration, bool)> = first.iter().map(|took| (*took, true)).collect();
    all.extend(second.iter().map(|took| (*took, false)));
    all.sort_unstable();
    let (n, m) = (first.len() as f64, second.len() as f64);
    // Times in nanoseconds hardly ever tie; those that do keep their order.
    let ranks: f64 = all
        .iter()
        .enumerate()
        .filter(|(_, (_, is_first))| *is_first)
        .map(|(at, _)| at as f64 + 1.0)
        .sum();
    let u = ranks - n * (n + 1.0) / 2.0;
    let z = (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt();
    Comparison {
        p: two_sided(z),
        median_us: (median(second) - median(first)) * 1e6,
    }
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// How likely a normal variable is at least so far out, on either side (Abramowitz and Stegun 7.1.26).
fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let sum = [
        0.254_829_592,
        -0.284_496_736,
        1.421_413_741,
        -1.453_152_027,
        1.061_405_429,
    ]
    .iter()
    .rev()
    .fold(0.0, |sum, part| (sum + part) * t);
    sum * (-x * x).exp()
}
