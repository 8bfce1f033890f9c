//! Credentials that the emulator issues, and what they are good for.

use castra_emulator::{Emulator, Options, Settings};

use crate::client::{Answer, send};

const HOME: &str = "300000000001";
const OTHER: &str = "300000000002";

/// An access key, and a session token where there is one.
#[derive(Debug, Clone)]
struct Credentials {
    key: String,
    token: Option<String>,
}

impl Credentials {
    fn root(account: &str) -> Self {
        Self { key: account.to_owned(), token: None }
    }

    /// Those that an answer shows.
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let key = answer.element("AccessKeyId").unwrap().to_owned();
        Self { key, token: answer.element("SessionToken").map(str::to_owned) }
    }
}

fn emulator(enforce: bool) -> Emulator {
    let mut options = Options::default();
    options.settings = Settings::instant();
    options.settings.enforce_policies = enforce;
    Emulator::start(options).unwrap()
}

fn call(emulator: &Emulator, who: &Credentials, service: &str, parameters: &[(&str, &str)]) -> Answer {
    let version = match service {
        "iam" => "2010-05-08",
        "sts" => "2011-06-15",
        _ => "2016-11-15",
    };
    let encoded =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let parameters = parameters.iter().map(|(name, value)| format!("&{name}={}", encoded(value)));
    let body = format!("Version={version}{}", parameters.collect::<String>());
    let token = who.token.as_ref().map_or_else(String::new, |token| format!("X-Amz-Security-Token: {token}\r\n"));
    let headers = format!(
        "Content-Type: application/x-www-form-urlencoded\r\nX-Amz-Date: 20260101T000000Z\r\n{token}Authorization: \
         AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n",
        who.key
    );
    send(&emulator.endpoint(), "POST", "/", &headers, &body).unwrap()
}

/// A user with a key and a policy.
fn user(emulator: &Emulator, policy: &str) -> Credentials {
    let root = Credentials::root(HOME);
    call(emulator, &root, "iam", &[("Action", "CreateUser"), ("UserName", "alice")]);
    let put = [("Action", "PutUserPolicy"), ("UserName", "alice"), ("PolicyName", "p"), ("PolicyDocument", policy)];
    assert_eq!(call(emulator, &root, "iam", &put).status, 200);
    Credentials::of(&call(emulator, &root, "iam", &[("Action", "CreateAccessKey"), ("UserName", "alice")]))
}

fn trusting(account: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

fn allowing(action: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
}

#[test]
fn a_role_of_another_account_is_assumed_when_both_sides_allow_it() {
    let emulator = emulator(true);
    let alice = user(&emulator, &allowing("sts:AssumeRole"));
    let other = Credentials::root(OTHER);
    let create = |name: &str, trusted: &str| {
        let trust = trusting(trusted);
        let create = [("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", &trust)];
        let made = call(&emulator, &other, "iam", &create);
        assert_eq!(made.status, 200, "{}", made.body);
        let put = allowing("ec2:DescribeVpcs");
        let put = [("Action", "PutRolePolicy"), ("RoleName", name), ("PolicyName", "p"), ("PolicyDocument", &put)];
        assert_eq!(call(&emulator, &other, "iam", &put).status, 200);
        made.element("Arn").unwrap().to_owned()
    };
    let (open, closed) = (create("open", HOME), create("closed", OTHER));
    let assume = |who: &Credentials, role: &str| {
        let assume = [("Action", "AssumeRole"), ("RoleArn", role), ("RoleSessionName", "work")];
        call(&emulator, who, "sts", &assume)
    };
    let refused = assume(&alice, &closed);
    assert_eq!((refused.status, refused.element("Code")), (403, Some("AccessDenied")));
    let session = Credentials::of(&assume(&alice, &open));
    let me = call(&emulator, &session, "sts", &[("Action", "GetCallerIdentity")]);
    assert_eq!(me.element("Account"), Some(OTHER));
    assert_eq!(me.element("Arn").unwrap(), format!("arn:aws:sts::{OTHER}:assumed-role/open/work"));
    assert_eq!(call(&emulator, &session, "ec2", &[("Action", "DescribeVpcs")]).status, 200);
    let refused = call(&emulator, &session, "ec2", &[("Action", "CreateVpc"), ("CidrBlock", "10.0.0.0/16")]);
    assert_eq!((refused.status, refused.element("Code")), (403, Some("UnauthorizedOperation")));

    // The caller's own account has a say, too.
    let alice = user(&emulator, &allowing("ec2:*"));
    let refused = assume(&alice, &open);
    assert_eq!(refused.status, 403);
    assert!(
        refused.element("Message").unwrap().contains("because no identity-based policy allows"),
        "{}",
        refused.body
    );
}

#[test]
fn keys_that_were_never_issued_are_good_for_nothing() {
    let emulator = emulator(false);
    let nobody = Credentials { key: "AKIAIOSFODNN7EXAMPLE".to_owned(), token: None };
    let refused = call(&emulator, &nobody, "ec2", &[("Action", "DescribeVpcs")]);
    assert_eq!((refused.status, refused.element("Code")), (401, Some("AuthFailure")));
    let refused = call(&emulator, &nobody, "sts", &[("Action", "GetCallerIdentity")]);
    assert_eq!((refused.status, refused.element("Code")), (403, Some("InvalidClientTokenId")));
    // A session needs its token.
    let session = Credentials::of(&call(&emulator, &Credentials::root(HOME), "sts", &[("Action", "GetSessionToken")]));
    assert_eq!(call(&emulator, &session, "ec2", &[("Action", "DescribeVpcs")]).status, 200);
    let without = Credentials { token: None, ..session };
    assert_eq!(call(&emulator, &without, "ec2", &[("Action", "DescribeVpcs")]).status, 401);
}
