//! The certificate of the application load balancer.

use std::fmt;
use std::str::FromStr;

use super::Invalid;
use super::field::text_type;
use super::sensitive::{is_reference, shown};

/// A reference to a certificate that the cloud keeps: its name or its whole id there.
///
/// Never the certificate itself. Whether it is a reference of the right kind is the backend's to say.
///
/// ```
/// use castra_core::spec::CertificateRef;
///
/// assert!("projects/p1/certificates/a1".parse::<CertificateRef>().is_ok());
/// assert!("-----BEGIN CERTIFICATE-----".parse::<CertificateRef>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertificateRef(String);

impl CertificateRef {
    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CertificateRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        const REMEDY: &str = "import the certificate into the cloud's certificate service and write what it is \
             called there, by its name or its whole id";
        if text.contains("-----BEGIN") {
            return Err(Invalid::new("this is a certificate or key itself, not a reference to one", REMEDY));
        }
        if !is_reference(text) {
            return Err(Invalid::new(format!("{} isn't a reference to a certificate", shown(text)), REMEDY));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for CertificateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_type!(CertificateRef, "a reference to a certificate", {
    "type": "string",
    "description": "A reference to a certificate that the cloud keeps: its name or its whole id there. Never the certificate itself.",
    "pattern": "^[A-Za-z0-9/_+=.@:%!-]{1,512}$",
});
