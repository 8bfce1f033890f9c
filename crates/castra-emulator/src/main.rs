//! `castra-emulator`: a loopback cloud for any client in any language.

fn main() {}
