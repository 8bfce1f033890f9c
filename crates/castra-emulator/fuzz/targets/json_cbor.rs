//! JSON and CBOR bodies.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| castra_emulator::fuzzing::json_cbor(data));
