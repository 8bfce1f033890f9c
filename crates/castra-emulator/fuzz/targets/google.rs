//! Requests to Google Cloud.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| castra_emulator::gcp::fuzzing::google(data));
