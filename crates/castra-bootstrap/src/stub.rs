//! The boot of a node without an application.

use std::collections::BTreeSet;

/// A script that serves HTTPS with a self-signed certificate on these ports, answering 200 on the health path, so that
/// load balancers see the node live. It may run at each boot. It uses what Amazon Linux 2023, Debian 12 and Ubuntu 22.04
/// have by themselves: Python, OpenSSL and systemd.
///
/// ```
/// let script = castra_bootstrap::stub(&[443], "/_health_check");
/// assert!(script.starts_with("#!/bin/bash\n"));
/// ```
pub fn stub(ports: &[u16], health_path: &str) -> String {
    let ports: BTreeSet<u16> = ports.iter().copied().collect();
    // JSON's numbers and strings are Python's too.
    let serve = include_str!("stub/serve.py")
        .replace("@PORTS@", &serde_json::json!(ports).to_string())
        .replace("@HEALTH@", &serde_json::json!(health_path).to_string());
    include_str!("stub/stub.sh").replace("@SERVE@", serve.trim_end())
}

/// What comes after such a script to let these public SSH keys log in as the image's default user, at a first boot.
/// Nothing, without keys.
pub fn authorized_keys(keys: &[&str]) -> String {
    if keys.is_empty() {
        return String::new();
    }
    include_str!("stub/authorized_keys.sh").replace("@KEYS@", &keys.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stub_serves_what_it_is_told() {
        let script = stub(&[6443, 443, 443], "/_health_check");
        assert!(script.contains("PORTS = [443,6443]\n") && script.contains("HEALTH = \"/_health_check\"\n"));
        assert!(!script.contains('@'), "nothing is left to be filled in");
    }

    #[test]
    fn a_path_cannot_break_out_of_the_script() {
        let script = stub(&[443], "/\"\nCASTRA_SERVE\nrm -rf /");
        assert!(script.contains(r#"HEALTH = "/\"\nCASTRA_SERVE\nrm -rf /""#));
        assert_eq!(script.lines().filter(|line| *line == "CASTRA_SERVE").count(), 1);
    }

    #[test]
    fn keys_are_let_in_only_where_there_are_some() {
        assert_eq!(authorized_keys(&[]), "");
        let script = authorized_keys(&["ssh-ed25519 AAAA one", "ssh-ed25519 BBBB two"]);
        assert!(script.contains("\nssh-ed25519 AAAA one\nssh-ed25519 BBBB two\n") && !script.contains('@'));
    }
}
