//! How a session lives: a pure state machine without clocks, files or sockets.
