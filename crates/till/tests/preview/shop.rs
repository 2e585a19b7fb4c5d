//! A busy Monday morning in the corner shop, as view models.

use evertill_till::pages::format::{coins, initials, soft_hyphens, tint};
use evertill_till::pages::*;
use rust_decimal::Decimal;

/// The token that stands in every form.
pub(crate) const CSRF: &str = "k3y-of-this-browser";

fn waiting() -> Waiting {
    Waiting {
        count: 3,
        sum: "£86.60".into(),
    }
}

/// The bar in every state, by name.
pub(crate) fn bars() -> Vec<(&'static str, StateBar)> {
    let online = StoreLink::Online {
        last_sent: Some("10:41".into()),
    };
    let offline = StoreLink::Offline {
        since: "10:31".into(),
        found: None,
    };
    let sending = StoreLink::Sending { done: 1, total: 5 };
    let refused = StoreLink::Refused { count: 1 };
    let four = Waiting {
        count: 4,
        sum: "£118.40".into(),
    };
    vec![
        ("online", filled(StateBar::of(&online, None))),
        ("offline", filled(StateBar::of(&offline, Some(&waiting())))),
        ("sending", filled(StateBar::of(&sending, Some(&waiting())))),
        (
            "renewing",
            filled(StateBar::of(&StoreLink::Renewing, Some(&waiting()))),
        ),
        (
            "needed",
            filled(StateBar::of(&StoreLink::SignInNeeded, Some(&four))),
        ),
        ("refused", filled(StateBar::of(&refused, Some(&waiting())))),
        (
            "sign-in-due",
            filled(StateBar::of(
                &StoreLink::SignInDue {
                    left: "6 days".into(),
                },
                None,
            )),
        ),
        ("signed-out", filled(StateBar::of(&StoreLink::SignedOut, None))),
    ]
}

fn filled(bar: StateBar) -> StateBar {
    StateBar {
        person: "Ada".into(),
        till: "Till 2".into(),
        store: "Corner & Co.".into(),
        clock: "10:42".into(),
        ..bar
    }
}

/// The frame of a page in one of the states.
pub(crate) fn frame(title: &str, nav: Nav, state: &str) -> Frame {
    let bar = bars().into_iter().find(|(name, _)| *name == state);
    Frame {
        lang: "en-GB".into(),
        title: title.into(),
        nav,
        attention: state == "needed",
        bar: bar.unwrap().1,
    }
}

struct Item(
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Number, name, price, stock, quantity in the sale, `p` with picture.
const SHELF: [Item; 24] = [
    Item(1, "House Espresso Beans 250 g", "£9.50", "34 left", "2", "beans"),
    Item(2, "Flat White", "£3.60", "made here", "1", "flat-white"),
    Item(3, "Butter Croissant", "£2.80", "11 left", "3", "croissant"),
    Item(
        4,
        "Ethiopia Guji, loose beans",
        "£32.00",
        "4.62 kg",
        "0.375",
        "guji",
    ),
    Item(5, "Stoneware Mug, Moss", "£14.00", "8 left", "1", "mug"),
    Item(
        6,
        "Weihnachtsplätzchen-Ausstechformen",
        "£16.50",
        "5 left",
        "1",
        "",
    ),
    Item(7, "Canvas Tote, Natural", "£12.00", "21 left", "1", "tote"),
    Item(8, "Soy Candle, Fig & Cedar", "£16.00", "6 left", "1", "candle"),
    Item(9, "Dotted Notebook A5", "£8.00", "40 left", "2", "notebook"),
    Item(10, "Corner Hoodie", "£42–45", "4 sizes", "", "hoodie"),
    Item(11, "Steel Bottle 500 ml", "£24.00", "Out of stock", "", "bottle"),
    Item(12, "Monstera in Clay Pot", "£19.50", "3 left", "", "plant"),
    Item(13, "Corner Cap, Forest", "£18.00", "9 left", "", "cap"),
    Item(14, "Harbourside Print A3", "£22.00", "14 left", "", "poster"),
    Item(15, "Studio Headphones", "£89.00", "2 left", "", "headphones"),
    Item(16, "Oat & Choc Cookie", "£2.40", "18 left", "", "cookie"),
    Item(17, "Gift Wrap", "£1.50", "", "", ""),
    Item(18, "Bergamot Shortbread", "£5.75", "9 left", "", ""),
    Item(19, "Filter Papers, 100 pcs", "£4.20", "26 left", "", ""),
    Item(20, "Chai Latte", "£3.80", "made here", "", ""),
    Item(21, "Pocket Map of Bristol", "£6.00", "31 left", "", ""),
    Item(22, "Linen Tea Towel, Rust", "£11.50", "7 left", "", ""),
    Item(23, "Enamel Pin, Bean", "£5.00", "52 left", "", ""),
    Item(24, "Almond Croissant", "£3.40", "Out of stock", "", ""),
];

fn tile(item: &Item, with_sale: bool) -> Tile {
    let Item(product_id, name, price, stock, in_cart, picture) = *item;
    Tile {
        product_id,
        name: soft_hyphens(name),
        lang: if product_id == 6 { "de" } else { "" }.into(),
        picture: (!picture.is_empty()).then(|| format!("/picture/{product_id}")),
        initials: initials(name),
        tint: tint(name),
        price: price.into(),
        unit: if product_id == 4 { "a kg" } else { "" }.into(),
        was: (product_id == 1).then(|| "£11.00".into()),
        stock: stock.into(),
        sku: format!("CC-{:04}", 1000 + product_id * 7),
        in_cart: (with_sale && !in_cart.is_empty()).then(|| in_cart.into()),
        out: stock == "Out of stock",
        choose: product_id == 10,
    }
}

/// The shelf.
pub(crate) fn goods(as_list: bool, with_sale: bool) -> Goods {
    let names = [
        "All", "Coffee", "Bakery", "Mugs", "Gifts", "Clothing", "Plants", "Sale",
    ];
    let chip = |(index, name): (usize, &&str)| Category {
        name: (*name).into(),
        href: format!("/?category={index}"),
        chosen: index == 0,
    };
    Goods {
        as_list,
        grid_href: "/".into(),
        list_href: "/?view=list".into(),
        categories: names.iter().enumerate().map(chip).collect(),
        tiles: SHELF.iter().map(|item| tile(item, with_sale)).collect(),
        summary: "1,240 items here".into(),
        tax_words: "prices include VAT".into(),
        next_href: Some("/?page=2".into()),
        ..Goods::default()
    }
}

/// A search without a match.
pub(crate) fn nothing_found() -> Goods {
    Goods {
        query: "lavendel".into(),
        tiles: Vec::new(),
        summary: "0 of 1,240 items".into(),
        next_href: None,
        ..goods(false, true)
    }
}

const LINES: [(&str, &str, &str, &str, &str); 9] = [
    (
        "2",
        "",
        "House Espresso Beans 250 g",
        "£9.50 each · was £11.00 · VAT 0 %",
        "19.00",
    ),
    ("1", "", "Stoneware Mug, Moss", "VAT 20 %", "14.00"),
    ("3", "", "Butter Croissant", "£2.80 each · VAT 0 %", "8.40"),
    (
        "0.375",
        "kg",
        "Ethiopia Guji, loose beans",
        "£32.00 a kg · VAT 0 %",
        "12.00",
    ),
    ("1", "", "Flat White", "Oat milk · VAT 20 %", "3.60"),
    ("1", "", "Weihnachtsplätzchen-Ausstechformen", "VAT 20 %", "16.50"),
    (
        "1",
        "",
        "Canvas Tote, Natural",
        "price changed, was £12.00 · VAT 20 %",
        "10.80",
    ),
    ("1", "", "Soy Candle, Fig & Cedar", "VAT 20 %", "16.00"),
    ("2", "", "Dotted Notebook A5", "£8.00 each · VAT 20 %", "16.00"),
];

fn row(label: &str, more: &str, amount: &str) -> SumRow {
    SumRow {
        label: label.into(),
        more: more.into(),
        amount: amount.into(),
    }
}

/// The open sale with the first lines of the morning.
pub(crate) fn cart() -> CartView {
    let line = |(index, line): (usize, &(&str, &str, &str, &str, &str))| CartLine {
        uuid: format!("00000000-0000-4000-8000-00000000000{index}"),
        quantity: line.0.into(),
        unit: line.1.into(),
        name: soft_hyphens(line.2),
        lang: if index == 5 { "de" } else { "" }.into(),
        detail: line.3.into(),
        amount: line.4.into(),
        current: index == 8,
        is_new: index == 8,
        ..CartLine::default()
    };
    CartView {
        number: "2047".into(),
        lines: LINES.iter().enumerate().map(line).collect(),
        sums: vec![
            row("Items", "", "116.30"),
            row("VAT included", ", 20 % of 76.90 · 0 % of 39.40", "12.82"),
        ],
        total: "£116.30".into(),
        count: "9 lines".into(),
        parked: 2,
        can_undo: true,
        in_cart: SHELF
            .iter()
            .filter(|item| !item.4.is_empty())
            .map(|item| InCart {
                product_id: item.0,
                quantity: item.4.into(),
            })
            .collect(),
        ..CartView::default()
    }
}

/// A sale without lines.
pub(crate) fn empty_cart() -> CartView {
    CartView {
        number: "2048".into(),
        total: "£0.00".into(),
        parked: 2,
        empty: EmptyCart {
            last: Some(LastSale {
                uuid: "5f7d0b6c-7a31-4c7e-9b55-0d5a8f4f2047".into(),
                number: "2047".into(),
                total: "£116.30".into(),
                paid: "cash, change £3.70".into(),
                at: "10:43".into(),
            }),
            today: "12 sales today, £318.40".into(),
        },
        ..CartView::default()
    }
}

/// The lines in short.
pub(crate) fn recap() -> Vec<RecapLine> {
    let line = |line: &(&str, &str, &str, &str, &str)| RecapLine {
        quantity: format!("{} {}", line.0, line.1).trim().into(),
        name: soft_hyphens(line.2),
        amount: line.4.into(),
    };
    LINES.iter().map(line).collect()
}

/// Taking cash: nothing typed, enough, too little.
pub(crate) fn take(received: &str) -> Take {
    let total = Decimal::new(11_630, 2);
    let given = received.parse().unwrap_or(total);
    let change: Decimal = given - total;
    let typed = |amount: Decimal| format!("£{amount:.2}");
    Take {
        received: received.into(),
        exact: "116.30".into(),
        change: typed(change.abs()),
        short: change.is_sign_negative(),
        coins: coins(change, "GBP"),
        problem: None,
    }
}

/// The checkout with an amount typed.
pub(crate) fn checkout(received: &str, state: &str) -> CheckoutPage {
    let amounts = [
        ("Exact 116.30", "116.30"),
        ("£117", "117.00"),
        ("£120", "120.00"),
        ("£130", "130.00"),
        ("£140", "140.00"),
        ("£150", "150.00"),
    ];
    let quick = |(label, value): &(&str, &str)| QuickAmount {
        label: (*label).into(),
        value: (*value).into(),
        href: format!("/checkout?received={value}"),
        chosen: *value == received,
    };
    CheckoutPage {
        frame: frame("Pay in cash", Nav::Sell, state),
        csrf: CSRF.into(),
        number: "2047".into(),
        lines: recap(),
        sums: vec![row("Items", "", "116.30"), row("VAT included", "", "12.82")],
        total: "£116.30".into(),
        note: String::new(),
        quick: amounts.iter().map(quick).collect(),
        take: take(received),
        sale_key: "5f7d0b6c-7a31-4c7e-9b55-0d5a8f4f2047".into(),
        symbol: "£".into(),
        decimal_separator: ".".into(),
        foot: "No cash rounding.".into(),
    }
}

/// Every sheet, by name.
pub(crate) fn sheets() -> Vec<(&'static str, Sheet)> {
    vec![
        ("line", Sheet::Line(line_sheet())),
        ("variation", Sheet::Variation(variation_sheet())),
        ("open", Sheet::Open(open_sheet())),
        ("several", Sheet::Several(several_sheet())),
        ("custom", Sheet::Custom(custom_sheet())),
        (
            "unknown",
            Sheet::UnknownCode(UnknownCodeSheet {
                code: "5018374120049".into(),
                tried: "Not on this till, and the shop does not know it either.".into(),
                custom_href: "/cart/custom?code=5018374120049".into(),
                search_href: "/".into(),
            }),
        ),
        (
            "note",
            Sheet::Note(NoteSheet {
                number: "2047".into(),
                note: "Wrap the mug, it is a present".into(),
            }),
        ),
        ("parked", Sheet::Parked(parked_sheet())),
        ("session", Sheet::Session(session_sheet())),
    ]
}

fn line_sheet() -> LineSheet {
    LineSheet {
        uuid: "00000000-0000-4000-8000-000000000006".into(),
        name: "Canvas Tote, Natural".into(),
        detail: "VAT 20 % · 21 left".into(),
        quantity: "1".into(),
        price: "10.80".into(),
        regular: Some("£12.00".into()),
        symbol: "£".into(),
        decimal_separator: ".".into(),
        ..LineSheet::default()
    }
}

fn custom_sheet() -> CustomSheet {
    let tax = |class: &str, label: &str, chosen| TaxChoice {
        class: class.into(),
        label: label.into(),
        chosen,
    };
    CustomSheet {
        symbol: "£".into(),
        decimal_separator: ".".into(),
        taxes: vec![
            tax("", "VAT 20 %", true),
            tax("reduced-rate", "VAT 5 %", false),
            tax("zero-rate", "VAT 0 %", false),
        ],
        ..CustomSheet::default()
    }
}

fn variation_sheet() -> VariationSheet {
    let choice = |variation_id, label: &str, price: &str, stock: &str| Choice {
        variation_id,
        label: label.into(),
        price: price.into(),
        stock: stock.into(),
        out: stock == "Out of stock",
    };
    let group = |name: &str, first: i64| ChoiceGroup {
        name: name.into(),
        choices: vec![
            choice(first, "Small", "£42.00", "2 left"),
            choice(first + 1, "Medium", "£42.00", "5 left"),
            choice(
                first + 2,
                "Large",
                "£42.00",
                if first > 50 { "Out of stock" } else { "1 left" },
            ),
            choice(first + 3, "Extra large", "£45.00", "3 left"),
        ],
    };
    VariationSheet {
        product_id: 10,
        name: "Corner Hoodie".into(),
        price: "£42–45".into(),
        picture: Some("/picture/10".into()),
        initials: "CH".into(),
        tint: "t5",
        attribute: "colour and size".into(),
        groups: vec![group("Plum", 41), group("Forest", 51)],
    }
}

fn open_sheet() -> OpenSheet {
    let options = ["Ecru", "Forest", "Rust"];
    OpenSheet {
        product_id: 10,
        variation_id: 44,
        name: "Corner Tee \u{2013} XL".into(),
        price: "£26.00".into(),
        initials: "CT".into(),
        tint: "t3",
        attribute: "colour".into(),
        field: "attribute_pa_colour".into(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        ..OpenSheet::default()
    }
}

fn several_sheet() -> SeveralSheet {
    let item = |product_id, name: &str, detail: &str, price: &str, out| CodeItem {
        product_id,
        name: name.into(),
        detail: detail.into(),
        price: price.into(),
        initials: initials(name),
        tint: tint(name),
        out,
        ..CodeItem::default()
    };
    SeveralSheet {
        code: "9520417001274".into(),
        items: vec![
            item(127, "Sourdough Loaf", "BAK-SOUR · 8 left", "£4.60", false),
            item(
                155,
                "Sourdough Loaf, yesterday’s",
                "BAK-SOUY · Out of stock",
                "£2.30",
                true,
            ),
        ],
    }
}

fn parked_sheet() -> ParkedSheet {
    let cart = |id: &str, number: &str, items: &str, note: &str, total: &str, at: &str| ParkedCart {
        id: id.into(),
        number: number.into(),
        items: items.into(),
        note: note.into(),
        total: total.into(),
        at: at.into(),
    };
    ParkedSheet {
        carts: vec![
            cart(
                "2",
                "2045",
                "Monstera in Clay Pot, Linen Tea Towel and 2 more",
                "Fetching her purse",
                "£58.00",
                "10:36",
            ),
            cart("1", "2041", "Flat White, Oat & Choc Cookie", "", "£6.00", "10:12"),
        ],
        open_is_parked: true,
    }
}

fn session_sheet() -> SessionSheet {
    SessionSheet {
        tone: Tone::Warn,
        title: "The shop wants you to sign in again".into(),
        code: "API02008".into(),
        safe: "Your sale is safe on this till. You can keep selling.".into(),
        waiting: Some(Waiting {
            count: 4,
            sum: "£118.40".into(),
        }),
        why: "Ann (owner) signed this till out today at 10:02.".into(),
        found: String::new(),
        person: "Ada".into(),
        can_sign_in: true,
    }
}

/// The register in a state, with a sale and perhaps a sheet.
pub(crate) fn register(state: &str, goods: Goods, cart: CartView, sheet: Option<Sheet>) -> RegisterPage {
    RegisterPage {
        frame: frame("Sell", Nav::Sell, state),
        csrf: CSRF.into(),
        goods,
        cart,
        sheet,
        toast: None,
    }
}
