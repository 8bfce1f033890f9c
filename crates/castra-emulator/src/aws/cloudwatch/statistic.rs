//! Statistics: what becomes of many samples
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html>).

/// Samples taken together.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Samples {
    pub(super) count: f64,
    pub(super) sum: f64,
    minimum: Option<f64>,
    maximum: Option<f64>,
    /// Values and how many of each, for percentiles; no more are kept than [`KEPT`].
    values: Vec<(f64, f64)>,
}

/// How many different values of a moment are kept for percentiles.
const KEPT: usize = 200;

/// A statistic that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
    /// Of the samples in order, the value below which so many percent are.
    Percentile(f64),
}

impl Statistic {
    /// Reads `Average`, `p99`, ..
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "SampleCount" => Self::SampleCount,
            "Average" => Self::Average,
            "Sum" => Self::Sum,
            "Minimum" => Self::Minimum,
            "Maximum" => Self::Maximum,
            _ => {
                let percentile: f64 = text.strip_prefix('p')?.parse().ok()?;
                (0.0..=100.0).contains(&percentile).then_some(Self::Percentile(percentile))?
            }
        })
    }

    /// As describes show it.
    pub(super) fn shown(self) -> String {
        match self {
            Self::SampleCount => "SampleCount".to_owned(),
            Self::Average => "Average".to_owned(),
            Self::Sum => "Sum".to_owned(),
            Self::Minimum => "Minimum".to_owned(),
            Self::Maximum => "Maximum".to_owned(),
            Self::Percentile(percentile) => format!("p{percentile}"),
        }
    }

    /// Whether it is an extended one.
    pub(super) fn extended(self) -> bool {
        matches!(self, Self::Percentile(_))
    }
}

impl Samples {
    /// So many samples of a value.
    pub(super) fn of(value: f64, count: f64) -> Self {
        let values = vec![(value, count)];
        Self { count, sum: value * count, minimum: Some(value), maximum: Some(value), values }
    }

    /// Samples of which only a statistic set is known.
    pub(super) fn of_set(count: f64, sum: f64, minimum: f64, maximum: f64) -> Self {
        Self { count, sum, minimum: Some(minimum), maximum: Some(maximum), values: Vec::new() }
    }

    /// How much memory they take, in numbers.
    pub(super) fn size(&self) -> usize {
        8 + 2 * self.values.len()
    }

    /// Adds others.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = [self.minimum, other.minimum].into_iter().flatten().reduce(f64::min);
        self.maximum = [self.maximum, other.maximum].into_iter().flatten().reduce(f64::max);
        self.values.extend(other.values.iter().take(KEPT.saturating_sub(self.values.len())));
    }

    /// The statistic of the samples; none if there are none.
    pub(super) fn get(&self, statistic: Statistic) -> Option<f64> {
        if self.count <= 0.0 {
            return None;
        }
        match statistic {
            Statistic::SampleCount => Some(self.count),
            Statistic::Average => Some(self.sum / self.count),
            Statistic::Sum => Some(self.sum),
            Statistic::Minimum => self.minimum,
            Statistic::Maximum => self.maximum,
            Statistic::Percentile(percentile) => self.percentile(percentile),
        }
    }

    fn percentile(&self, percentile: f64) -> Option<f64> {
        let mut values = self.values.clone();
        values.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let total: f64 = values.iter().map(|(_, count)| count).sum();
        let (wanted, mut passed) = (total * percentile / 100.0, 0.0);
        for (value, count) in &values {
            passed += count;
            if passed >= wanted {
                return Some(*value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_samples() {
        let mut samples = Samples::default();
        assert_eq!(samples.get(Statistic::Average), None);
        for value in 1..=10 {
            samples.merge(&Samples::of(f64::from(value), 1.0));
        }
        assert_eq!(samples.get(Statistic::Average), Some(5.5));
        assert_eq!(samples.get(Statistic::Sum), Some(55.0));
        assert_eq!(samples.get(Statistic::Minimum), Some(1.0));
        assert_eq!(samples.get(Statistic::Maximum), Some(10.0));
        assert_eq!(samples.get(Statistic::SampleCount), Some(10.0));
        assert_eq!(samples.get(Statistic::Percentile(90.0)), Some(9.0));
        assert_eq!(Statistic::parse("p99.9"), Some(Statistic::Percentile(99.9)));
        assert_eq!(Statistic::parse("p101"), None);
    }
}
