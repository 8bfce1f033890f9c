//! Looking up the application balancer's certificate in AWS Certificate Manager, before anything is created.

use castra_core::{Call, Result};
use jiff::Timestamp;

use crate::call::{maybe, send};
use crate::survey::Look;

/// What AWS Certificate Manager says about a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CertificateFacts {
    /// Its main domain.
    pub(crate) domain: String,
    /// Every domain it is for, the main one among them.
    pub(crate) names: Vec<String>,
    /// ACM's word for its state, such as `ISSUED` or `PENDING_VALIDATION`.
    pub(crate) status: String,
    /// When it expires.
    pub(crate) expires: Option<Timestamp>,
}

impl CertificateFacts {
    /// Whether a balancer can use it: it takes no certificate in any other state.
    pub(crate) fn issued(&self) -> bool {
        self.status == "ISSUED"
    }

    /// Whether it is for this host name, by itself or by a wildcard for the name's last part.
    pub(crate) fn covers(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| {
            let name = name.to_ascii_lowercase();
            match name.strip_prefix("*.") {
                // A wildcard stands for one label (RFC 6125, section 6.4.3).
                Some(domain) => host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == domain),
                None => name == host,
            }
        })
    }
}

/// Looks a certificate up. `None` when the account has none of that ARN in the region.
pub(crate) async fn look(look: &Look<'_>, arn: &str) -> Result<Option<CertificateFacts>> {
    let request = look.clients.acm.describe_certificate().certificate_arn(arn);
    let answer = maybe(send!(look.cx, Call::read("acm", "DescribeCertificate"), request))?;
    Ok(answer.as_ref().and_then(|answer| answer.certificate()).map(|live| {
        let domain = live.domain_name().unwrap_or_default().to_owned();
        let mut names = live.subject_alternative_names().to_vec();
        if !names.contains(&domain) {
            names.push(domain.clone());
        }
        CertificateFacts {
            domain,
            names,
            status: live.status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
            expires: live.not_after().and_then(|at| Timestamp::from_second(at.secs()).ok()),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str]) -> CertificateFacts {
        CertificateFacts {
            domain: names.first().copied().unwrap_or_default().to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            status: "ISSUED".into(),
            expires: None,
        }
    }

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let wild = certificate(&["*.example.org"]);
        assert!(wild.covers("tfe.example.org") && wild.covers("TFE.Example.org."));
        assert!(!wild.covers("example.org") && !wild.covers("a.b.example.org") && !wild.covers(".example.org"));
    }

    #[test]
    fn every_name_counts() {
        let two = certificate(&["example.org", "tfe.example.org"]);
        assert!(two.covers("tfe.example.org") && two.covers("example.org"));
        assert!(!two.covers("other.example.org"));
    }

    #[test]
    fn only_an_issued_one_can_be_used() {
        let mut one = certificate(&["example.org"]);
        assert!(one.issued());
        one.status = "PENDING_VALIDATION".into();
        assert!(!one.issued());
    }
}
