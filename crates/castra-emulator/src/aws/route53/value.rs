//! What records may say, type by type
//! (<https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html>).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::error::fatal;
use super::name::Name;

/// Holds a value against the format of its type.
///
/// # Errors
///
/// What is wrong with it, in Route 53's words.
pub(super) fn check(kind: &str, value: &str) -> Result<(), String> {
    let wrong = match kind {
        "A" => address(value.parse::<Ipv4Addr>().is_ok(), "ARRDATAIllegalIPv4Address", "IPv4", value),
        "AAAA" => address(value.parse::<Ipv6Addr>().is_ok(), "AAAARRDATAIllegalIPv6Address", "IPv6", value),
        "CNAME" | "NS" | "PTR" => Name::read(value).err(),
        "MX" => fields(kind, value, 2, &[0], Some(1)),
        "SRV" => fields(kind, value, 4, &[0, 1, 2], Some(3)),
        "SOA" => fields(kind, value, 7, &[2, 3, 4, 5, 6], Some(0)),
        "NAPTR" => fields(kind, value, 6, &[0, 1], None),
        "DS" => fields(kind, value, 4, &[0, 1, 2], None),
        "TLSA" => fields(kind, value, 4, &[0, 1, 2], None),
        "SSHFP" => fields(kind, value, 3, &[0, 1], None),
        "CAA" => fields(kind, value, 3, &[0], None),
        "TXT" | "SPF" => strings(value),
        // SVCB and HTTPS: a priority, a target, and any number of parameters.
        _ => match value.split_whitespace().collect::<Vec<_>>().as_slice() {
            [priority, target, ..] if priority.parse::<u16>().is_ok() => {
                Name::read(target).err().filter(|_| *target != ".")
            }
            _ => Some(fatal(&format!("{kind}RRDATAInvalid"), "Value is invalid", value)),
        },
    };
    match wrong {
        Some(problem) => Err(format!("Invalid Resource Record: '{problem}'")),
        None => Ok(()),
    }
}

fn address(fits: bool, code: &str, version: &str, value: &str) -> Option<String> {
    if fits {
        None
    } else if value.contains(char::is_whitespace) {
        Some(fatal("ARRDATANotSingleField", "Value contains spaces", value))
    } else {
        Some(fatal(code, &format!("Value is not a valid {version} address"), value))
    }
}

/// Fields separated by spaces, some of which are numbers and one of which is a name.
fn fields(kind: &str, value: &str, count: usize, numbers: &[usize], name: Option<usize>) -> Option<String> {
    let fields: Vec<&str> = value.split_whitespace().collect();
    // The last may be a quoted string with spaces in it.
    let quoted = value.trim_end().ends_with('"');
    if fields.len() != count && !(quoted && fields.len() > count) {
        let code = format!("{kind}RRDATANot{count}Fields");
        return Some(fatal(&code, &format!("Value doesn't have {count} fields"), value));
    }
    let field = |index: &usize| fields.get(*index).copied().unwrap_or_default();
    if let Some(wrong) = numbers.iter().map(field).find(|field| field.parse::<u32>().is_err()) {
        return Some(fatal(&format!("{kind}RRDATANotInteger"), "Value is not a number", wrong));
    }
    name.as_ref().map(field).filter(|name| *name != ".").and_then(|name| Name::read(name).err())
}

/// "A TXT record contains one or more strings that are enclosed in double quotation marks [..] up to 255 characters".
fn strings(value: &str) -> Option<String> {
    let mut characters = value.trim().chars().peekable();
    let mut any = false;
    loop {
        while characters.next_if(|next| next.is_whitespace()).is_some() {}
        match characters.next() {
            None if any => return None,
            Some('"') => any = true,
            _ => {
                let why = "Value should be enclosed in quotation marks";
                return Some(fatal("InvalidCharacterString", why, value));
            }
        }
        let mut length = 0;
        loop {
            match characters.next() {
                Some('"') => break,
                Some('\\') => {
                    let escaped = characters.next();
                    if escaped.is_some_and(|next| next.is_ascii_digit()) {
                        characters.next();
                        characters.next();
                    }
                    length += 1;
                }
                Some(_) => length += 1,
                None => {
                    let why = "Value should be enclosed in quotation marks";
                    return Some(fatal("InvalidCharacterString", why, value));
                }
            }
        }
        if length > 255 {
            return Some(fatal("CharacterStringTooLong", "Value is too long", value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn values() {
        for (kind, value) in [
            ("A", "192.0.2.1"),
            ("AAAA", "2001:db8::1"),
            ("CNAME", "example.org"),
            ("MX", "10 mail.example.org."),
            ("SRV", "1 10 5269 xmpp.example.org."),
            ("TXT", "\"one\" \"two \\\" words\""),
            ("CAA", "0 issue \"ca.example.net; a=b c\""),
            ("SVCB", "1 . alpn=h2"),
            ("SOA", "ns.example.org. host.example.org. 1 7200 900 1209600 86400"),
        ] {
            assert_eq!(check(kind, value), Ok(()), "{kind}");
        }
        let long = format!("\"{}\"", "x".repeat(256));
        for (kind, value) in [
            ("A", "192.0.2.256"),
            ("A", "192.0.2.1, 192.0.2.2"),
            ("AAAA", "192.0.2.1"),
            ("CNAME", "a..b"),
            ("MX", "mail.example.org"),
            ("MX", "x mail.example.org"),
            ("TXT", "bare"),
            ("TXT", "\"open"),
            ("TXT", ""),
            ("TXT", &long),
            ("HTTPS", "x"),
        ] {
            assert!(check(kind, value).is_err(), "{kind} {value}");
        }
    }
}
