//! Types that a field of the file can have, and the traits that every textual one shares.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer};

use super::{Invalid, Node};

/// A type that one value of the file can be read as.
///
/// Backends implement it for the types of their own section; a [`super::Reader`] then reads them with the right
/// path and line in every problem.
pub trait Field: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// When the value has another type or is out of range. The message must not repeat a value that could be a
    /// secret.
    fn read(node: &Node) -> Result<Self, Invalid>;
}

impl Field for String {
    fn read(node: &Node) -> Result<Self, Invalid> {
        node.text().map(str::to_owned)
    }
}

impl Field for bool {
    fn read(node: &Node) -> Result<Self, Invalid> {
        node.boolean()
    }
}

impl Field for u32 {
    fn read(node: &Node) -> Result<Self, Invalid> {
        let integer = node.integer()?;
        Self::try_from(integer).map_err(|_| match integer {
            ..0 => Invalid::new(format!("{integer} is negative"), "write 0 or more"),
            _ => Invalid::new(format!("{integer} is too large"), format!("write at most {}", Self::MAX)),
        })
    }
}

/// Reads a text and parses it; the one way in for the types below.
///
/// Of a bare number it says what the type says of those digits: for a size, that the unit is missing.
pub(super) fn parse<T: FromStr<Err = Invalid>>(node: &Node) -> Result<T, Invalid> {
    node.text().map(str::to_owned).and_then(|text| text.parse()).map_err(|invalid| {
        let digits = node.integer().ok().map(|integer| integer.to_string().parse::<T>());
        digits.and_then(Result::err).unwrap_or(invalid)
    })
}

/// Deserialises a text type through its `FromStr`, so that no invalid value can be made and no message repeats
/// what `FromStr` would not.
pub(super) fn deserialize<'de, D, T>(deserializer: D, expecting: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = Invalid>,
{
    struct Text<T>(&'static str, PhantomData<T>);

    impl<T: FromStr<Err = Invalid>> de::Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(expecting, PhantomData))
}

/// Declares a text of a certain form that fields of a backend's section have, as a type of the crate: the second argument
/// answers what is wrong with a text, if anything.
///
/// ```
/// use castra_core::spec::{Invalid, Reader};
///
/// castra_core::form!(
///     /// Where a ship lies.
///     Berth,
///     |text| (!text.starts_with("berth-")).then(|| Invalid::isnt(text, "a berth", "write \"berth-7\""))
/// );
///
/// let section = toml::toml! { berth = "quay-7" };
/// let problems = Reader::read(&section, "provider", |section| section.required::<Berth>("berth", "\"berth-7\""));
/// assert!(problems.is_err_and(|problems| problems.concern("provider.berth")));
/// ```
#[macro_export]
macro_rules! form {
    ($(#[$doc:meta])* $type:ident, $check:expr) => {
        $(#[$doc])*
        pub(crate) struct $type(String);

        impl $crate::spec::Field for $type {
            fn read(node: &$crate::spec::Node) -> Result<Self, $crate::spec::Invalid> {
                let text = node.text()?;
                let check: fn(&str) -> Option<$crate::spec::Invalid> = $check;
                check(text).map_or_else(|| Ok(Self(text.to_owned())), Err)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    };
}

/// Gives a type with `FromStr<Err = Invalid>` and `Display` its serde, schema and field traits.
macro_rules! text_type {
    ($type:ident, $expecting:literal, $schema:tt) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::spec::field::deserialize(deserializer, $expecting)
            }
        }

        impl ::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!($schema)
            }
        }

        impl $crate::spec::Field for $type {
            fn read(node: &$crate::spec::Node) -> Result<Self, $crate::spec::Invalid> {
                $crate::spec::field::parse(node)
            }
        }
    };
}
pub(super) use text_type;
