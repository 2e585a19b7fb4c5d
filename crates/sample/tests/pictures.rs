//! What every drawing keeps to.

use std::collections::BTreeSet;

use evertill_sample::{picture, shop};
use roxmltree::Document;

/// Largest picture, bytes.
const SIZE_MAX: usize = 6_000;

fn slugs() -> BTreeSet<&'static str> {
    let shop = shop();
    let kinds = shop
        .products
        .iter()
        .flat_map(|product| product.variations())
        .filter_map(|kind| kind.picture);
    shop.products
        .iter()
        .filter_map(|product| product.picture)
        .chain(kinds)
        .collect()
}

fn drawn(slug: &str) -> String {
    picture(slug).expect(slug)
}

#[test]
fn an_unknown_slug_has_no_picture() {
    for slug in ["", "unicorn", "Flat White", "flat-white "] {
        assert_eq!(picture(slug), None, "{slug}");
    }
}

#[test]
fn every_picture_is_well_formed_and_made_of_shapes_only() {
    let allowed = ["svg", "g", "path", "rect", "circle", "ellipse"];
    for slug in slugs() {
        let svg = drawn(slug);
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{slug}: {error}"));
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            assert!(
                allowed.contains(&node.tag_name().name()),
                "{slug}: {}",
                node.tag_name().name()
            );
            let foreign = |name: &str| name == "style" || name == "href" || name.starts_with("on");
            assert!(
                !node.attributes().any(|attribute| foreign(attribute.name())),
                "{slug}"
            );
        }
    }
}

#[test]
fn every_picture_is_four_to_three_and_small() {
    for slug in slugs() {
        let svg = drawn(slug);
        assert!(svg.len() <= SIZE_MAX, "{slug}: {} bytes", svg.len());
        let document = Document::parse(&svg).unwrap();
        assert_eq!(
            document.root_element().attribute("viewBox"),
            Some("0 -20 320 240"),
            "{slug}"
        );
    }
}

#[test]
fn every_colour_is_written_as_a_colour() {
    let is_colour = |value: &str| {
        value == "none"
            || value.strip_prefix('#').is_some_and(|hex| {
                matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
    };
    for slug in slugs() {
        let svg = drawn(slug);
        let document = Document::parse(&svg).unwrap();
        for value in document
            .descendants()
            .flat_map(|node| [node.attribute("fill"), node.attribute("stroke")])
            .flatten()
        {
            assert!(is_colour(value), "{slug}: {value}");
        }
    }
}

#[test]
fn a_picture_is_always_drawn_the_same_and_no_two_look_alike() {
    let pictures: BTreeSet<String> = slugs().into_iter().map(drawn).collect();
    assert_eq!(pictures.len(), slugs().len());
    assert!(slugs().into_iter().all(|slug| pictures.contains(&drawn(slug))));
}
