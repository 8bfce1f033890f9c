//! Time as a client sees it.

use castra_emulator::{Emulator, Options, Pace, Settings};
use std::time::Duration;

use crate::client::control;

#[test]
fn the_clock_scales_steps_and_jumps() {
    let emulator = Emulator::start(Options::default()).unwrap();
    let endpoint = emulator.endpoint();
    let (status, clock) = control(&endpoint, "POST", "clock", r#"{"scale": 0}"#);
    assert_eq!((status, clock["scale"].as_f64()), (200, Some(0.0)));
    let before = emulator.clock().now();
    assert_eq!(emulator.clock().now(), before);
    control(&endpoint, "POST", "clock", r#"{"advance_seconds": 90}"#);
    assert_eq!(emulator.clock().now().duration_since(before).as_secs(), 90);
    for bad in [r#"{"scale": -1}"#, r#"{"scale": 1, "jumping": true}"#, r#"{"pace": 1}"#, "{"] {
        assert_eq!(control(&endpoint, "POST", "clock", bad).0, 400, "{bad}");
    }
    control(&endpoint, "POST", "clock", r#"{"jumping": true}"#);
    assert_eq!(emulator.clock().pace(), Pace::Jumping);
}

#[test]
fn a_program_that_sleeps_on_the_clock_is_woken_by_its_jumps() {
    let mut options = Options::default();
    options.pace = Pace::Jumping;
    options.settings = Settings::instant();
    let emulator = Emulator::start(options).unwrap();
    let clock = emulator.clock().clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let before = clock.now();
    runtime.block_on(async {
        for _ in 0..20 {
            clock.sleep(Duration::from_secs(600)).await;
        }
    });
    assert!(clock.now().duration_since(before).as_secs() >= 20 * 600);
}

#[test]
fn a_program_elsewhere_sleeps_by_asking_for_a_time() {
    let mut options = Options::default();
    options.pace = Pace::Jumping;
    options.settings = Settings::instant();
    let emulator = Emulator::start(options).unwrap();
    let until = emulator.clock().now() + jiff::SignedDuration::from_hours(3);
    let (status, clock) = control(&emulator.endpoint(), "GET", &format!("clock?until={until}"), "");
    assert_eq!(status, 200, "{clock}");
    let shown: jiff::Timestamp = clock["now"].as_str().unwrap().parse().unwrap();
    assert!(shown >= until, "{shown}");
    assert_eq!(control(&emulator.endpoint(), "GET", "clock?until=tomorrow", "").0, 400);
}
