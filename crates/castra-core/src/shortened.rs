//! Lists in messages.

/// How many are named.
const NAMED: usize = 5;

/// The first five of what there are, and how many more.
///
/// ```
/// let machines: Vec<String> = (1..=7).map(|number| format!("i-{number}")).collect();
/// assert_eq!(castra_core::shortened(&machines), "i-1, i-2, i-3, i-4, i-5 and 2 more");
/// ```
pub fn shortened(all: &[String]) -> String {
    let named = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_ends_with_a_number() {
        let all: Vec<String> = (1..=7).map(|number| format!("i-{number}")).collect();
        assert_eq!(shortened(&all[..2]), "i-1, i-2");
        assert_eq!(shortened(&all[..5]), "i-1, i-2, i-3, i-4, i-5");
        assert_eq!(shortened(&all), "i-1, i-2, i-3, i-4, i-5 and 2 more");
    }
}
