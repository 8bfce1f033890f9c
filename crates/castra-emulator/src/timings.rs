//! How the clouds' tables of times are written.

/// Makes the struct `Timings` of `name = seconds` lines. `instant keeps` names those that stay when everything happens at
/// once: for how long what is gone, or over, is listed.
macro_rules! timings {
    (
        $(#[$about:meta])*
        instant keeps $($kept:ident),*;
        $($(#[$attribute:meta])* $name:ident = $seconds:expr,)*
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        #[non_exhaustive]
        pub struct Timings {
            $($(#[$attribute])* pub $name: $crate::Seconds,)*
        }

        impl Default for Timings {
            fn default() -> Self {
                Self { $($name: $crate::Seconds($seconds),)* }
            }
        }

        impl Timings {
            /// Everything happens at once. What is gone, has failed or is over is listed for as long as in the cloud.
            pub fn instant() -> Self {
                let Self { $($kept,)* .. } = Self::default();
                Self { $($kept,)* ..Self { $($name: $crate::Seconds(0.0),)* } }
            }
        }
    };
}

pub(crate) use timings;
