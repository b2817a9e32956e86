//! What lists and the register do not agree on, without a database.

use super::{
    account::{Told, Used, is_generic, is_off, mfa, used},
    columns::{Columns, Says},
    fold::fold,
    rows,
};
use jiff::civil::date;

fn columns(heads: &str) -> Columns {
    Columns::guess(&heads.split(',').collect::<Vec<_>>())
}

#[test]
fn names_are_one_without_accents_and_in_any_order() {
    assert_eq!(fold("Doe, José"), fold("JOSE  Doe"));
    assert_eq!(fold("Straße Łukasz"), fold("lukasz strasse"));
    assert_eq!(fold("O’Neil Sean"), fold("Sean O'Neil"));
    assert_ne!(fold("Ada Reel"), fold("Ada Real"));
}

#[test]
fn no_head_means_two_things_and_exports_are_read() {
    let google = columns(
        "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Last Sign In [READ ONLY],2sv Enrolled [READ ONLY]",
    );
    assert_eq!(google.told(), "given family email on sign_in mfa");
    let entra = columns("userPrincipalName,displayName,surname,mail,givenName,accountEnabled");
    assert_eq!(entra.told(), "login name family email given on");
    assert_eq!(entra.name(), [4, 2]);
    let okta = columns("login,firstName,lastName,email,status,lastLogin,mfaFactors");
    assert_eq!(okta.told(), "login given family email on sign_in mfa");
    assert_eq!(columns("Apellidos,Nombre").name(), [1, 0]);
    assert_eq!(columns("Vorname,Name").name(), [0, 1]);
}

#[test]
fn columns_are_chosen_once_and_one_finds_people() {
    assert!(Columns::chosen(&[(0, Says::Mfa)], 2).is_err());
    assert!(Columns::chosen(&[(0, Says::Name), (1, Says::Name)], 2).is_err());
    assert!(Columns::chosen(&[(2, Says::Name)], 2).is_err());
    assert_eq!(Columns::chosen(&[(1, Says::Email)], 2).unwrap().at(Says::Email), Some(1));
}

#[test]
fn what_cannot_be_read_is_not_well() {
    assert_eq!(mfa("True"), Told::Yes);
    assert_eq!(mfa("Okta Verify; SMS"), Told::Yes);
    assert_eq!(mfa("FALSE"), Told::No);
    assert_eq!(mfa("Not enrolled"), Told::No);
    assert_eq!(mfa(""), Told::Nothing);
    assert_eq!(mfa("=TRUE()"), Told::Unread);
    assert!(is_off("Suspended", "") && is_off("", "True") && is_off("False", ""));
    assert!(!is_off("", "") && !is_off("Active", "False") && !is_off("whatever", ""));
    let (since, today) = (date(2026, 6, 1), date(2026, 8, 30));
    let said = |text| used(text, since, today);
    assert_eq!(said("2026/08/01 10:11:12"), Used::Lately);
    assert_eq!(said("2026-05-31T23:00:00Z"), Used::LongAgo);
    assert_eq!(said("1/2/2025, 10:00:00 AM"), Used::LongAgo);
    assert_eq!(said("6/5/2026"), Used::Unread, "June the fifth, or May the sixth");
    assert_eq!(said("2027-01-01"), Used::Unread);
    assert_eq!(said("Never logged in"), Used::Never);
    assert_eq!(said(""), Used::Unread);
}

#[test]
fn desks_and_machines_are_told_from_people() {
    for (name, address) in [
        ("edit1", ""),
        ("Render Node 04", ""),
        ("", "qc-room@x.example"),
        ("Edit Bay", "edit@x.example"),
    ] {
        assert!(is_generic(name, address), "{name} {address}");
    }
    for (name, address) in [
        ("Ada Reel", "ada@x.example"),
        ("Jo Flame", "jo.flame@x.example"),
        ("", ""),
        ("A 1", "a1@x.example"),
    ] {
        assert!(!is_generic(name, address), "{name} {address}");
    }
}

#[test]
fn texts_are_cleaned_and_long_lists_refused() {
    assert_eq!(rows::clean("Ada\u{202e}leeR\u{7}", 100), "Ada leeR");
    assert_eq!(rows::clean(&"x".repeat(400), 100).len(), 100);
    let mut list = "Name,E-mail\n".to_owned();
    for number in 0..20_001 {
        list.push_str(&format!("P {number},p{number}@x.example\n"));
    }
    assert!(rows::table(list.as_bytes()).is_err());
    assert!(rows::table(b"Name,E-mail\n").is_err());
    assert!(rows::table(b"PK\x03\x04 nothing").is_err());
    let table =
        rows::table(b"Name,E-mail\n\"=HYPERLINK(1)\",ADA@X.example\n,not an address\n").unwrap();
    let read = rows::rows(&table, &columns("Name,E-mail"));
    assert_eq!(
        (read[0].name.as_str(), read[0].addresses.as_slice()),
        ("=HYPERLINK(1)", ["ada@x.example".to_owned()].as_slice())
    );
    assert!(read.get(1).is_none_or(|row| row.addresses.is_empty()));
}
