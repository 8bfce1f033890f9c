use super::*;

fn target(id: &str, port: i32, state: &str) -> RegisteredTarget {
    RegisteredTarget { id: id.into(), port, state: state.into(), reason: None }
}

fn machines() -> Machines {
    Machines {
        interfaces: BTreeMap::from([(Ipv4Addr::new(10, 0, 0, 4), "eni-0".to_owned())]),
        members: BTreeSet::from(["i-member".to_owned()]),
    }
}

#[test]
fn members_of_the_group_and_leaving_targets_are_not_counted() {
    let live = [
        target("i-0", 443, "healthy"),
        target("i-member", 443, "healthy"),
        target("i-old", 443, "draining"),
        target("i-stopped", 443, "unused"),
    ];
    assert_eq!(
        fields("tg", &live, &machines(), 443),
        json!({"target_group": "tg", "targets": ["i-0", "i-stopped"], "port": 443})
    );
}

#[test]
fn addresses_of_our_interfaces_are_given_by_the_interface() {
    let live = [target("10.0.0.4", 6443, "initial"), target("10.0.0.9", 6443, "initial")];
    assert_eq!(
        fields("tg", &live, &machines(), 6443),
        json!({"target_group": "tg", "targets": ["eni-0", "10.0.0.9"], "port": 6443})
    );
}

#[test]
fn another_port_shows_and_none_is_no_difference() {
    let live = [target("i-0", 443, "healthy"), target("i-1", 8443, "healthy")];
    assert_eq!(fields("tg", &live, &machines(), 443)["port"], json!([443, 8443]));
    assert_eq!(fields("tg", &live[1..], &machines(), 443)["port"], json!(8443));
    assert_eq!(fields("tg", &[], &machines(), 443)["port"], json!(443));
}

#[test]
fn what_is_missing_and_what_is_too_much() {
    let wanted = BTreeSet::from([("i-0".to_owned(), 443), ("i-1".to_owned(), 443), ("i-2".to_owned(), 443)]);
    let live = [
        target("i-0", 443, "healthy"),
        target("i-1", 8443, "healthy"),
        target("i-2", 443, "draining"),
        target("i-old", 443, "draining"),
    ];
    let (missing, extra) = compare(&wanted, &live);
    assert_eq!(missing, BTreeSet::from([("i-1".to_owned(), 443), ("i-2".to_owned(), 443)]));
    assert_eq!(extra, [target("i-1", 8443, "healthy")]);
}
