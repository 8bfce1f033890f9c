//! REST requests and their XML bodies.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| castra_emulator::fuzzing::xml(data));
