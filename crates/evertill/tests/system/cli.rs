//! What a script sees: stdout, stderr and the exit code of the real binary.

mod admin;
mod backup;
mod bad_input;
mod clearing;
mod demo;
mod doctor;
mod faults;
mod gallery;
#[cfg(target_os = "linux")]
mod keyring;
mod kills;
mod proxy;
mod serve;
mod sessions;
mod vault;
#[cfg(unix)]
mod wordpress;
#[cfg(unix)]
mod wordpress_site;
