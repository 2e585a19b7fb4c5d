#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| evertill_session::foreign::jwt(bytes));
