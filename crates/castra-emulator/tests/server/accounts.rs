//! Accounts: apart from one another, put back to what they were.

use castra_emulator::{Emulator, Options, Settings};

use crate::client::ec2;

fn emulator() -> Emulator {
    let mut options = Options::default();
    options.settings = Settings::instant();
    Emulator::start(options).unwrap()
}

fn create(emulator: &Emulator, account: &str) {
    let answer = ec2(&emulator.endpoint(), account, "Action=CreateVpc&CidrBlock=10.0.0.0%2F16").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn networks(emulator: &Emulator, account: &str) -> usize {
    let filter = "Action=DescribeVpcs&Filter.1.Name=is-default&Filter.1.Value.1=false";
    ec2(&emulator.endpoint(), account, filter).unwrap().body.matches("<vpcId>").count()
}

#[test]
fn two_hundred_accounts_see_nothing_of_one_another() {
    let emulator = emulator();
    let account = |number: usize| format!("{:012}", 200_000_000_000 + number);
    for number in 0..200 {
        (0..number % 3).for_each(|_| create(&emulator, &account(number)));
    }
    for number in 0..200 {
        assert_eq!(networks(&emulator, &account(number)), number % 3);
    }
}

#[test]
fn a_snapshot_brings_an_account_back_and_goes_on_alike() {
    let emulator = emulator();
    let account = "100000000001";
    create(&emulator, account);
    let snapshot = emulator.snapshot(account);
    create(&emulator, account);
    let went = ids(&emulator, account);
    emulator.restore(account, &snapshot);
    assert_eq!(networks(&emulator, account), 1);
    create(&emulator, account);
    // Chance is part of the snapshot: the same calls give the same ids.
    assert_eq!(ids(&emulator, account), went);
    emulator.restore(account, &snapshot);
    emulator.reseed(account, 1);
    create(&emulator, account);
    assert_ne!(ids(&emulator, account), went);
    emulator.forget(account);
    assert_eq!(networks(&emulator, account), 0);
}

fn ids(emulator: &Emulator, account: &str) -> Vec<String> {
    let answer = ec2(&emulator.endpoint(), account, "Action=DescribeVpcs").unwrap();
    let ids = answer.body.split("<vpcId>").skip(1);
    ids.filter_map(|rest| Some(rest.split_once("</vpcId>")?.0.to_owned())).collect()
}

#[test]
fn there_is_an_end_to_accounts() {
    let mut options = Options::default();
    options.max_accounts = 2;
    let emulator = Emulator::start(options).unwrap();
    let status = |account: &str| ec2(&emulator.endpoint(), account, "Action=DescribeVpcs").unwrap().status;
    let statuses = ["100000000001", "100000000002", "100000000003", "100000000001"].map(status);
    assert_eq!(statuses, [200, 200, 503, 200]);
}
