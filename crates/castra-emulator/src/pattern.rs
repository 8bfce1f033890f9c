//! Texts with wildcards.

/// Whether a text is like a pattern with `*` (anything) and `?` (one character); a backslash takes the next literally.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let pattern: Vec<(char, bool)> = {
        let mut literal = false;
        let mut parts = Vec::new();
        for character in pattern.chars() {
            if character == '\\' && !literal {
                literal = true;
            } else {
                parts.push((character, !literal && matches!(character, '*' | '?')));
                literal = false;
            }
        }
        parts
    };
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(('*', true)) => {
                star = Some((p, t));
                p += 1;
            }
            Some((character, wild)) if *wild || *character == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                // Back to the latest star, which takes one more.
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|part| *part == ('*', true))
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn wildcards() {
        for (pattern, text, matches) in [
            ("a*c", "abbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("", "", true),
            ("*b*b*", "abab", true),
            ("a\\*c", "abc", false),
            ("a\\*c", "a*c", true),
            ("al2023-ami-*-x86_64", "al2023-ami-2023.6-x86_64", true),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} {text}");
        }
    }
}
