//! Messages without `core::fmt`, which is a quarter of a small module.

use alloc::string::String;

/// The parts, one after the other.
pub(crate) fn joined(parts: &[&str]) -> String {
    let mut text =
        String::with_capacity(parts.iter().fold(0, |sum, part| part.len().saturating_add(sum)));
    for part in parts {
        text.push_str(part);
    }
    text
}

/// A count in decimal digits.
pub(crate) fn decimal(mut number: usize) -> String {
    let mut digits = [0; 20];
    let mut start = digits.len();
    for (index, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0'.wrapping_add((number % 10) as u8);
        start = index;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    let digits = digits.get(start..).unwrap_or_default();
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// The length in code points. Without `Chars::count`, which is unrolled and large.
pub(crate) fn code_points(text: &str) -> usize {
    let starts = text.bytes().filter(|byte| byte & 0xc0 != 0x80);
    starts.fold(0, |count, _| count.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::decimal;
    use alloc::string::ToString;

    #[test]
    fn decimals() {
        for number in [0, 9, 10, 100, 64, 1_000_000, usize::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }
}
