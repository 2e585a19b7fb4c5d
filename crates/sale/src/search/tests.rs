//! What is found, and in which order.

use proptest::prelude::*;

use super::*;

fn item(product_id: i64, name: &str, sku: &str) -> Findable {
    Findable {
        key: key(product_id),
        name: name.into(),
        sku: sku.into(),
        barcode: String::new(),
        global_unique_id: String::new(),
        attributes: String::new(),
    }
}

fn key(product_id: i64) -> ItemKey {
    ItemKey {
        product_id,
        variation_id: 0,
    }
}

fn ids(found: &[ItemKey]) -> Vec<i64> {
    found.iter().map(|key| key.product_id).collect()
}

fn shop() -> Index {
    Index::build([
        item(1, "Stoneware Mug, Moss", "MUG-MOSS"),
        item(2, "Mug", "MUG-01"),
        item(3, "Crème brûlée", "DES-01"),
        Findable {
            attributes: "Colour Navy Size Small".into(),
            ..item(4, "T-shirt", "TSH-S")
        },
        item(5, "Smuggler's chocolate", "CHO-7"),
        item(6, "Dotted Notebook A5", "NOT-A5"),
    ])
}

fn check(query: &str, expected: &[i64]) {
    assert_eq!(ids(&shop().search(query, 20)), expected, "{query}");
}

#[test]
fn words_are_found_in_any_order_without_case_and_accents() {
    check("CREME brulee", &[3]);
    check("brulée cre", &[3]);
    check("moss mug", &[1]);
    check("navy t-shirt", &[4]);
    check("shirt small", &[4]);
}

#[test]
fn two_letters_anywhere_are_enough_and_one_is_not() {
    check("ug", &[2, 1, 5]);
    check("u", &[]);
    check("  ", &[]);
    check("nothing like it", &[]);
}

#[test]
fn the_whole_name_comes_first_then_its_beginning_then_whole_words() {
    check("mug", &[2, 1, 5]);
    check("mug-moss", &[1]);
    check("tsh-s", &[4]);
}

#[test]
fn one_letter_beside_another_word_must_begin_a_word() {
    check("notebook a", &[6]);
    check("notebook o", &[]);
}

#[test]
fn words_of_two_items_do_not_make_one() {
    check("moss notebook", &[]);
    check("moss\nmug", &[1]);
}

#[test]
fn no_more_than_the_limit_and_the_best_of_them() {
    assert_eq!(ids(&shop().search("mug", 1)), [2]);
    assert!(shop().search("mug", 0).is_empty());
}

fn coded(product_id: i64, barcode: &str, global_unique_id: &str, sku: &str) -> Findable {
    Findable {
        barcode: barcode.into(),
        global_unique_id: global_unique_id.into(),
        ..item(product_id, "x", sku)
    }
}

#[test]
fn a_scan_tries_barcode_twin_global_id_and_sku_in_this_order() {
    let upc = "036000291452";
    let ean = "0036000291452";
    let all = [
        coded(1, upc, "", ""),
        coded(2, ean, "", ""),
        coded(3, "", upc, ""),
        coded(4, "", ean, ""),
        coded(5, "", "", upc),
    ];
    for first in 0..all.len() {
        let index = Index::build(all[first..].to_vec());
        let found = index.scan(upc);
        assert_eq!(found, Scanned::One(key(first as i64 + 1)));
    }
    assert_eq!(Index::default().scan(upc), Scanned::Unknown);
}

#[test]
fn a_sku_is_scanned_in_any_case_and_with_blanks_around() {
    assert_eq!(shop().scan(" tsh-s\n"), Scanned::One(key(4)));
    assert_eq!(shop().scan(""), Scanned::Unknown);
}

#[test]
fn a_code_of_several_items_is_left_to_a_person() {
    let index = Index::build([coded(1, "123", "", ""), coded(2, "123", "", "")]);
    assert_eq!(index.scan("123"), Scanned::Several(vec![key(1), key(2)]));
}

#[test]
fn a_hundred_thousand_items_are_indexed_and_found() {
    let index = Index::build((0..100_000).map(|number| {
        item(
            number,
            &format!("Article number {number} of the shelf"),
            &format!("SKU-{number:06}"),
        )
    }));
    assert_eq!(index.len(), 100_000);
    assert_eq!(ids(&index.search("sku-099999", 20)), [99_999]);
    assert_eq!(ids(&index.search("shelf 4711", 1)), [4_711]);
    assert_eq!(index.search("article", 50).len(), 50);
}

proptest! {
    #[test]
    fn a_find_holds_every_word_and_no_holder_is_missed(
        names in prop::collection::vec("[abá ]{0,12}", 0..20),
        query in "[abÁ ]{2,5}",
    ) {
        let items: Vec<Findable> = names.iter().zip(0..).map(|(name, id)| item(id, name, "")).collect();
        let mut found = ids(&Index::build(items).search(&query, 100));
        found.sort_unstable();
        let folded = fold(&query);
        let words: Vec<&str> = folded.split_whitespace().collect();
        let expected: Vec<i64> = names
            .iter()
            .zip(0..)
            .filter(|(name, _)| folded.chars().count() >= QUERY_MIN && words.iter().all(|word| holds(&fold(name), word)))
            .map(|(_, id)| id)
            .collect();
        prop_assert_eq!(found, expected);
    }
}
