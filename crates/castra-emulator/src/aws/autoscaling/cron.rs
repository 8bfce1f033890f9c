//! Cron expressions of five fields, as scheduled actions take them
//! (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html>): numbers, `*`, lists,
//! ranges and steps; months and days of the week also by name.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A recurring schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    minutes: Vec<i8>,
    hours: Vec<i8>,
    days: Vec<i8>,
    months: Vec<i8>,
    /// Sunday is 0.
    weekdays: Vec<i8>,
    any_day: bool,
    any_weekday: bool,
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Cron {
    /// Reads an expression; none if it isn't one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else { return None };
        let mut weekdays_read = field(weekdays, 0, 7, &WEEKDAYS, 0)?;
        // Sunday may be 7 too.
        if weekdays_read.contains(&7) {
            weekdays_read.push(0);
        }
        Some(Self {
            minutes: field(minutes, 0, 59, &[], 0)?,
            hours: field(hours, 0, 23, &[], 0)?,
            days: field(days, 1, 31, &[], 0)?,
            months: field(months, 1, 12, &MONTHS, 1)?,
            weekdays: weekdays_read,
            any_day: days.starts_with('*'),
            any_weekday: weekdays.starts_with('*'),
        })
    }

    /// The first moment after `after` that the expression names in that time zone; none within five years.
    pub(super) fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut day = after.to_zoned(zone.clone()).date();
        for _ in 0..366 * 5 {
            if self.has_day(day) {
                let moments = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| (hour, minute)));
                let moments = moments.filter_map(|(hour, minute)| {
                    let time = DateTime::new(day.year(), day.month(), day.day(), *hour, *minute, 0, 0).ok()?;
                    zone.to_ambiguous_timestamp(time).compatible().ok()
                });
                if let Some(next) = moments.filter(|moment| *moment > after).min() {
                    return Some(next);
                }
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }

    /// If both kinds of days are restricted, either will do, as in crontab(5).
    fn has_day(&self, day: Date) -> bool {
        let of_month = self.days.contains(&day.day());
        let of_week = self.weekdays.contains(&day.weekday().to_sunday_zero_offset());
        let day_matches = match (self.any_day, self.any_weekday) {
            (false, false) => of_month || of_week,
            _ => of_month && of_week,
        };
        self.months.contains(&day.month()) && day_matches
    }
}

/// The values of a field, in order.
fn field(text: &str, least: i8, most: i8, names: &[&str], first: i8) -> Option<Vec<i8>> {
    let number = |text: &str| -> Option<i8> {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        match named.and_then(|index| i8::try_from(index).ok()) {
            Some(index) => Some(index + first),
            None => text.parse().ok().filter(|number| (least..=most).contains(number)),
        }
    };
    let mut values = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            None if part.contains('/') => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return None;
        }
        values.extend((from..=to).step_by(step));
    }
    values.sort_unstable();
    values.dedup();
    Some(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn the_next_moment() {
        let after: Timestamp = "2026-01-05T08:00:00Z".parse().unwrap();
        for (cron, next) in [
            ("* * * * *", "2026-01-05T08:01:00Z"),
            ("0 8 * * *", "2026-01-06T08:00:00Z"),
            ("*/15 9-10 * * *", "2026-01-05T09:00:00Z"),
            ("30 0 1 1,6,12 *", "2026-06-01T00:30:00Z"),
            ("0 0 * * sat", "2026-01-10T00:00:00Z"),
            ("0 0 1 * 7", "2026-01-11T00:00:00Z"),
        ] {
            let next: Timestamp = next.parse().unwrap();
            assert_eq!(Cron::parse(cron).unwrap().next(after, &TimeZone::UTC), Some(next), "{cron}");
        }
        let never = Cron::parse("0 0 31 2 *").unwrap();
        assert_eq!(never.next(after, &TimeZone::UTC), None);
    }

    #[test]
    fn what_is_no_expression() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "5-1 * * * *",
            "a * * * *",
            "*/0 * * * *",
        ] {
            assert_eq!(Cron::parse(text), None, "{text}");
        }
    }
}
