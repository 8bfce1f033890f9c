//! Form parameters: EC2's protocol and Query.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| castra_emulator::fuzzing::form(data));
