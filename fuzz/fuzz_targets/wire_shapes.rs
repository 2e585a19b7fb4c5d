#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| evertill_wire::foreign::shapes(bytes));
