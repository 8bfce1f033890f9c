//! The proxy in front of an emulator, and of something that isn't AWS at all.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use castra_emulator::{Effect, Emulator, Fault, Matching, Options, Outcome, Proxy, Settings};

use crate::client::{ec2, send};

const ACCOUNT: &str = "100000000001";
const CREATE: &str = "Action=CreateVpc&CidrBlock=10.0.0.0%2F16";

#[test]
fn it_passes_on_refuses_and_loses_answers() {
    let mut options = Options::default();
    options.settings = Settings::instant();
    let cloud = Emulator::start(options).unwrap();
    let proxy = Proxy::start(&cloud.endpoint(), 0).unwrap();
    let networks = || cloud.log(|entry| entry.subject.operation == "CreateVpc").len();

    assert_eq!(ec2(&proxy.endpoint(), ACCOUNT, CREATE).unwrap().status, 200);
    assert_eq!(networks(), 1);

    proxy.faults().inject(Fault::new(Matching::operation("ec2", "CreateVpc"), Effect::Throttle).times(1));
    let refused = ec2(&proxy.endpoint(), ACCOUNT, CREATE).unwrap();
    assert_eq!((refused.status, refused.element("Code")), (503, Some("RequestLimitExceeded")));
    assert_eq!(networks(), 1);

    proxy.faults().inject(Fault::new(Matching::operation("ec2", "CreateVpc"), Effect::ResetAfter).times(1));
    assert!(ec2(&proxy.endpoint(), ACCOUNT, CREATE).is_err());
    assert_eq!(networks(), 2);

    let log = proxy.log(|_| true);
    let outcomes: Vec<_> = log.iter().map(|entry| (&*entry.subject.operation, &entry.outcome)).collect();
    assert_eq!(outcomes[0], ("CreateVpc", &Outcome::Done { status: 200 }));
    assert!(matches!(outcomes[1].1, Outcome::Refused { status: 503, .. }));
    assert_eq!(outcomes[2].1, &Outcome::Lost { status: 200 });
    assert_eq!(log[0].parameters["CidrBlock"], "10.0.0.0/16");
}

#[test]
fn it_serves_any_http_endpoint() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-Kept: yes\r\n\r\nok").unwrap();
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let proxy = Proxy::start(&upstream, 0).unwrap();
    let answer = send(&proxy.endpoint(), "PUT", "/things/1?a=b", "X-Mine: 1\r\n", "").unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (201, "ok"));
    let request = served.join().unwrap();
    assert!(request.starts_with("PUT /things/1?a=b HTTP/1.1\r\n") && request.contains("x-mine: 1"), "{request}");

    // Nobody listens there any more: as if the connection had gone to it.
    assert!(send(&proxy.endpoint(), "GET", "/", "", "").is_err());
    proxy.faults().inject(Fault::new(Matching::any(), Effect::Throttle));
    assert_eq!(send(&proxy.endpoint(), "GET", "/", "", "").unwrap().status, 429);
    assert_eq!(proxy.log(|_| true)[0].subject.operation, "PUT /things/1");
}

#[test]
fn an_endpoint_that_is_none_is_refused() {
    for endpoint in ["ftp://127.0.0.1:1", "127.0.0.1", ""] {
        assert!(Proxy::start(endpoint, 0).is_err(), "{endpoint}");
    }
}
