//! Who works in the shop and who buys there. Nobody here exists.

use crate::model::{Account, Address, Customer, Role};

/// Returns the password of a sample account: its username followed by `-demo`.
///
/// **For demonstrations only.** Anybody who knows the username knows the password, so a shop that is reachable from
/// outside or holds real sales must never use it.
pub fn demo_password(username: &str) -> String {
    format!("{username}-demo")
}

pub(crate) fn accounts() -> Vec<Account> {
    let account = |id, username, first_name, last_name, email, role| Account {
        id,
        username,
        first_name,
        last_name,
        email,
        role,
    };
    vec![
        account(
            1,
            "owner",
            "Ann",
            "Whitaker",
            "ann@corner.example.com",
            Role::Administrator,
        ),
        account(
            2,
            "manager",
            "Ben",
            "Adeyemi",
            "ben@corner.example.com",
            Role::ShopManager,
        ),
        account(
            3,
            "cashier",
            "Ada",
            "Osei",
            "ada@corner.example.com",
            Role::Cashier,
        ),
        account(
            4,
            "cashier2",
            "Cara",
            "Lindqvist",
            "cara@corner.example.com",
            Role::Cashier,
        ),
    ]
}

pub(crate) fn customers() -> Vec<Customer> {
    vec![
        customer(
            21,
            "Miriam",
            "Okafor",
            "miriam.okafor@example.com",
            "07700 900118",
            ("3 Ferryman’s Court", "Bristol", "BS1 6QD", "GB"),
        ),
        customer(
            22,
            "Tomasz",
            "Zieliński",
            "tomasz.z@example.com",
            "07700 900264",
            ("27 Hillside Rise", "Bristol", "BS6 5BX", "GB"),
        ),
        customer(
            23,
            "Grace",
            "Pennington",
            "grace@example.org",
            "0117 496 0733",
            ("The Old Forge, Mill Lane", "Bath", "BA1 7RP", "GB"),
        ),
        customer(
            24,
            "Siobhán",
            "O’Rourke",
            "siobhan.orourke@example.com",
            "07700 900371",
            ("8 Quayside Walk", "Bristol", "BS1 4UZ", "GB"),
        ),
        Customer {
            company: Some("Harbour & Hart Studio"),
            ..customer(
                25,
                "Daniel",
                "Hart",
                "orders@harbour-hart.example.com",
                "0117 496 0518",
                ("Unit 4, Brunel Yard", "Bristol", "BS2 0ZX", "GB"),
            )
        },
        customer(
            26,
            "Jürgen",
            "Weiß",
            "juergen.weiss@example.net",
            "07700 900452",
            ("Marktgasse 12", "Freiburg", "79098", "DE"),
        ),
        customer(
            27,
            "Priya",
            "Raman",
            "priya.raman@example.com",
            "07700 900586",
            ("19 Lantern Street", "Bristol", "BS1 5LP", "GB"),
        ),
        Customer {
            company: Some("Little Acorns Nursery"),
            ..customer(
                28,
                "Hannah",
                "Whitcombe-Alexander",
                "office@little-acorns.example.org",
                "0117 496 0927",
                ("52 St Werburgh’s Road", "Bristol", "BS2 9XA", "GB"),
            )
        },
    ]
}

fn customer(
    id: i64,
    first_name: &'static str,
    last_name: &'static str,
    email: &'static str,
    phone: &'static str,
    (street, city, postcode, country): (&'static str, &'static str, &'static str, &'static str),
) -> Customer {
    let address = Address {
        street,
        city,
        postcode,
        country,
    };
    Customer {
        id,
        first_name,
        last_name,
        company: None,
        email,
        phone,
        address,
    }
}
