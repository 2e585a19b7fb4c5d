#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| evertill_client::foreign::journal(bytes));
