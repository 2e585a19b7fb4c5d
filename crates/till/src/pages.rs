//! What the pages of the till show: plain view models and the templates they fill.
//!
//! A view model holds finished text only; whoever fills it formats money and times first. Every page and every
//! fragment is an askama template: render it with `Template::render`.
//!
//! # Swapping
//!
//! A fragment is a sequence of top-level elements with an id. The page script puts each one in the place of the
//! element with the same id and leaves everything else alone: scroll position, focus, typed text. A request that
//! wants a fragment carries `HX-Request: true`; without the header the same route answers the whole page or 303.
//!
//! | Route | Page | With `HX-Request: true` |
//! |---|---|---|
//! | `GET /?q&category&page&view` | [`RegisterPage`] | [`GoodsFragment`] → `#goods-list` |
//! | `POST /cart/add`, `/cart/scan`, `/cart/custom`, `/cart/note`, `/cart/line/{uuid}`, `/cart/line/{uuid}/remove`, `/cart/undo`, `/cart/clear`, `/cart/park`, `/cart/resume/{id}` | 303 `/` | [`CartFragment`] → `#cart`, `#sheet`, `#toast` |
//! | `GET /cart/line/{uuid}`, `/cart/custom?code`, `/cart/note`, `/cart/parked`, `/product/{id}/choose`, `/session/sheet` | [`RegisterPage`] with that sheet | [`SheetFragment`] → `#sheet` |
//! | `GET /checkout?received` | [`CheckoutPage`] | [`TakeFragment`] → `#take-sums`, `#finish` |
//! | `POST /checkout/cash` refused | [`CheckoutPage`] with `take.problem` | the same (plain form, never swapped) |
//! | `GET /sale/{uuid}/done` | [`SaleDonePage`] | [`JourneyFragment`] → `#journey` |
//! | `GET /sale/{uuid}` | [`SalePage`] | [`JourneyFragment`] → `#journey` |
//! | `GET /sale/{uuid}/receipt` | [`ReceiptPage`] | – |
//! | `GET /sales` | [`SalesPage`] | [`SalesFragment`] → `#sales` |
//! | `GET /session` | [`SessionPage`] | [`SessionFragment`] → `#session` |
//! | `GET /health?whole` | [`HealthPage`] | – |
//! | `GET /health/live` | – | events `check` carry [`HealthTickFragment`]; `health` carries [`HealthFragment`] → `#health` |
//! | `GET /health/test-print` | [`TestPrintPage`] | – |
//! | `GET /mend/{name}`, `POST` refused | [`MendPage`] | – |
//! | `GET /sales/carry`, `POST /sales/import` | [`CarryPage`] | – |
//! | `GET /error-codes?q`, `/error-codes/{code}` | [`HelpPage`] | – |
//! | `GET /sign-in?store` | [`SignInPage`] | [`ChecksFragment`] → `#checks` |
//! | `GET /events` | – | event `bar` carries [`BarFragment`]; `session` and `sales` may carry a fragment or nothing: the script then asks the page's own route again |

mod care;
mod checkout;
pub mod format;
mod frame;
mod health;
mod help;
mod problem;
mod register;
mod sale;
mod session;
mod sheet;
mod sign_in;

pub use care::{CarryPage, MendPage};
pub use checkout::{CheckoutPage, QuickAmount, RecapLine, Take, TakeFragment};
pub use frame::{BarFragment, Frame, Nav, Person, StateBar, StoreLink, Tone, Waiting};
pub use health::{
    Done, HealthCheck, HealthDay, HealthFragment, HealthGroup, HealthHop, HealthHour, HealthPage, HealthSale,
    HealthTick, HealthTickFragment, HealthView, HealthWaiting, TestPrintPage,
};
pub use help::HelpPage;
pub use problem::ProblemPage;
pub use register::{
    CartFragment, CartLine, CartView, Category, EmptyCart, Goods, GoodsFragment, InCart, LastSale,
    RegisterPage, SumRow, Tile, Toast,
};
pub use sale::{
    Fact, Journey, JourneyFragment, ReceiptLine, ReceiptPage, ReceiptTax, Refusal, SaleDonePage, SalePage,
    SaleRow, SalesDay, SalesFragment, SalesPage, Step,
};
pub use session::{
    Event, Horizon, HourBar, Life, Mark, MarkKind, SessionFragment, SessionPage, SessionView, SignOut, Span,
    SpanKind, Tick, Timeline,
};
pub use sheet::{
    Choice, ChoiceGroup, CodeItem, CustomSheet, LineSheet, NoteSheet, OpenSheet, ParkedCart, ParkedSheet,
    SessionSheet, SeveralSheet, Sheet, SheetFragment, TaxChoice, UnknownCodeSheet, VariationSheet,
};
pub use sign_in::{CheckRow, ChecksFragment, Fix, SignInPage};
