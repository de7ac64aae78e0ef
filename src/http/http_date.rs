//! The three forms of an HTTP date (RFC 9110 section 5.6.7).
//!
//! Written by hand because `httpdate` needs the clock and its formatting, which would
//! make the module a fifth larger. Property tests compare the two.

/// Milliseconds since 1970; `None` if the text is not a date, or one before 1970.
/// All separators count alike: `Sun 06 Nov 1994 …` is accepted too.
pub(crate) fn unix_ms(text: &str) -> Option<u64> {
    let mut parts = [""; 9];
    let mut count = 0_usize;
    let words = text.split([' ', ',', '-', ':']).filter(|part| !part.is_empty());
    for (part, word) in parts.iter_mut().zip(words) {
        *part = word;
        count = count.saturating_add(1);
    }
    // The day of the week is redundant.
    let (day, month, year, clock) = match (count, parts) {
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT
        (8, [_, day, month, year, hour, minute, second, "GMT", _]) => {
            (day, month, year, [hour, minute, second])
        }
        // Sun Nov  6 08:49:37 1994
        (7, [_, month, day, hour, minute, second, year, ..]) => {
            (day, month, year, [hour, minute, second])
        }
        _ => return None,
    };
    let year = match (number(year)?, year.len()) {
        (year, 4) => year,
        (year, 2) if year < 70 => year.checked_add(2000)?,
        (year, 2) => year.checked_add(1900)?,
        _ => return None,
    };
    let [hour, minute, second] = clock;
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    // A leap second counts as the second after it.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days_since_1970(year, month_number(month)?, number(day)?)?;
    let seconds = days.checked_mul(24)?.checked_add(hour)?.checked_mul(60)?.checked_add(minute)?;
    seconds.checked_mul(60)?.checked_add(second)?.checked_mul(1000)
}

/// A number of one to four digits.
fn number(text: &str) -> Option<u64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte & 15));
    if text.len() > 4 {
        return None;
    }
    text.bytes().try_fold(0_u64, |number, byte| number.checked_mul(10)?.checked_add(digit(byte)?))
}

fn month_number(name: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut numbers = (0..12).zip(MONTHS.as_bytes().chunks(3));
    numbers.find_map(|(number, month)| (name.as_bytes() == month).then_some(number))
}

/// `month` counts from 0, `day` from 1.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let is_leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let month = usize::try_from(month).ok()?;
    let february = u64::from(is_leap && month == 1);
    if day == 0 || day > DAYS.get(month)?.checked_add(february)? {
        return None;
    }
    let before = DAYS.iter().take(month).sum::<u64>();
    let leap_day = u64::from(is_leap && month > 1);
    // The leap days of all years before this one, minus those before 1970.
    let past = year.checked_sub(1)?;
    let leap_days = (past / 4).checked_sub(past / 100)?.checked_add(past / 400)?;
    let years = year.checked_sub(1970)?.checked_mul(365)?;
    years
        .checked_add(leap_days.checked_sub(477)?)?
        .checked_add(before)?
        .checked_add(leap_day)?
        .checked_add(day)?
        .checked_sub(1)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests fail loudly")]
mod tests {
    extern crate std;

    use super::unix_ms;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    fn by_httpdate(text: &str) -> Option<u64> {
        let time = httpdate::parse_http_date(text).ok()?;
        let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        u64::try_from(since.as_millis()).ok()
    }

    proptest! {
        /// Valid dates to the year 9999, as `httpdate` 1.0.3 writes them.
        #[test]
        fn dates(second in 0_u64..253_402_300_800) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            let text: String = httpdate::HttpDate::from(time).to_string();
            prop_assert_eq!(unix_ms(&text), Some(second * 1000), "{}", text);
        }

        /// Where both accept a text, both read the same date.
        #[test]
        fn garbage(text in "(Mon|Sunday|Su)?,? ?[0-3][0-9]?[ -](Feb|Dec|mar)[ -]([0-9]{2}|19[0-9]{2}) [0-2][0-9]:[0-5][0-9]:[0-6][0-9]( GMT| UTC)?( 2000)?") {
            if let (Some(ours), Some(theirs)) = (unix_ms(&text), by_httpdate(&text)) {
                prop_assert_eq!(ours, theirs, "{}", text);
            }
        }
    }
}
