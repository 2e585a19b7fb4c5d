//! The stage every thing stands on: wall, table, soft shadow.

/// Colour of wall and table.
#[derive(Clone, Copy)]
pub(super) enum Backdrop {
    Sand,
    Sage,
    Sky,
    Blush,
    Lilac,
    Butter,
}

impl Backdrop {
    fn wall_and_table(self) -> (&'static str, &'static str) {
        match self {
            Backdrop::Sand => ("#efe5d3", "#e3d5bb"),
            Backdrop::Sage => ("#dfe9df", "#cddccd"),
            Backdrop::Sky => ("#dce7ee", "#c9d8e2"),
            Backdrop::Blush => ("#f4dfd5", "#e8cbbd"),
            Backdrop::Lilac => ("#e6e1f0", "#d6cfe5"),
            Backdrop::Butter => ("#f6ebc9", "#ead9a6"),
        }
    }
}

/// A picture before it is written down. Things are drawn in a frame of 320 × 200 whose table starts at 146.
pub(super) struct Scene {
    backdrop: Backdrop,
    shadow: [i32; 4],
    body: String,
}

impl Scene {
    /// Starts a picture of `body` with a shadow given as centre x, centre y, radius x, radius y.
    pub(super) fn new(backdrop: Backdrop, shadow: [i32; 4], body: impl Into<String>) -> Self {
        Self {
            backdrop,
            shadow,
            body: body.into(),
        }
    }

    /// Writes the picture as a file of its own.
    pub(super) fn svg(&self) -> String {
        let (wall, table) = self.backdrop.wall_and_table();
        let [cx, cy, rx, ry] = self.shadow;
        let body = &self.body;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480" viewBox="0 -20 320 240" preserveAspectRatio="xMidYMid slice"><path fill="{wall}" d="M0-20h320v240H0z"/><path fill="{table}" d="M0 146h320v74H0z"/><ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry}" fill="#2b2413" opacity=".16"/>{body}</svg>"##
        )
    }
}
