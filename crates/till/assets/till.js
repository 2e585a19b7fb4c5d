// Progressive enhancement for the till: every form and link works without it.
"use strict";
