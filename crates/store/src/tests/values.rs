//! What is bound comes back, in the same order on both engines.

use super::{Fixture, insert, log, on_both, record};
use crate::{StoreError, Value, params};
use closedset_core::{
    Digest, Status, Time,
    id::{Device, Id},
};
use closedset_testing::Postgres;

on_both![
    values_come_back_as_they_were_bound,
    placeholders_bind_by_their_number,
    the_number_of_values_must_fit,
    typed_values_come_back_as_they_were_bound,
    a_column_of_another_kind_is_an_error,
    computed_columns_are_read_as_numbers_and_truth_values,
    a_text_with_nul_is_refused,
    keys_sort_by_their_bytes,
    like_heeds_case,
];

fn values_come_back_as_they_were_bound(fixture: &Fixture) {
    let texts = [Some(""), None, Some("é ∑ 🎬 ' \" \\ $1 ?1 --"), Some("\n\t\u{7f}")];
    let bytes: [Option<&[u8]>; 4] = [Some(&[]), None, Some(&[0, 255, 0, 39]), Some(b"plain")];
    let numbers = [Some(i64::MIN), None, Some(i64::MAX), Some(0)];
    fixture
        .write(1, move |tx| {
            record(tx, log(1), "thing:a")?;
            for place in 0..4 {
                tx.execute(
                    "INSERT INTO thing (id, organisation, number, note, body) \
                     VALUES ($1, 'o', $2, $3, $4)",
                    params![place.to_string(), numbers[place], texts[place], bytes[place]],
                )?;
            }
            Ok(())
        })
        .unwrap();
    let rows = fixture.read(|tx| {
        tx.query("SELECT number, note, body FROM thing ORDER BY id", params![], |row| {
            Ok((row.int_opt(0)?, row.text_opt(1)?, row.bytes_opt(2)?))
        })
    });
    for (place, (number, text, body)) in rows.unwrap().into_iter().enumerate() {
        assert_eq!(number, numbers[place]);
        assert_eq!(text.as_deref(), texts[place]);
        assert_eq!(body.as_deref(), bytes[place]);
    }
}

fn placeholders_bind_by_their_number(fixture: &Fixture) {
    let row = fixture.write(1, |tx| {
        record(tx, log(1), "thing:a")?;
        tx.execute(
            "INSERT INTO thing (note, id, organisation, number) VALUES ($2, $1, $2, $3)",
            params!["first", "second", 3],
        )?;
        tx.query_opt(
            "SELECT id, note, organisation FROM thing WHERE note = $2 AND id = $1 AND note = $2",
            params!["first", "second"],
            |row| Ok([row.text(0)?, row.text(1)?, row.text(2)?]),
        )
    });
    assert_eq!(row.unwrap().unwrap(), ["first", "second", "second"]);
}

fn the_number_of_values_must_fit(fixture: &Fixture) {
    for values in [&[][..], &[Value::Int(1), Value::Int(2)][..]] {
        let values = values.to_vec();
        let refused = fixture.read(move |tx| {
            tx.query("SELECT id FROM thing WHERE number = $1", &values, |row| row.text(0))
        });
        assert!(matches!(refused, Err(StoreError::Statement(_))));
    }
    let refused = fixture.read(|tx| {
        tx.query("SELECT id FROM thing WHERE number = $2", params![1, 2], |row| row.text(0))
    });
    assert!(matches!(refused, Err(StoreError::Statement(_))));
}

fn typed_values_come_back_as_they_were_bound(fixture: &Fixture) {
    let digest = Digest::of(b"a");
    let time = Time::from_millis(1_773_307_800_123);
    let id = Id::<Device>::from_bits(77);
    let row = fixture.write(1, move |tx| {
        record(tx, log(1), "thing:a")?;
        tx.execute(
            "INSERT INTO thing (id, organisation, number, note, body) VALUES ($1, $2, $3, $4, $5)",
            params![id, Some(id), time, Status::NotApplicable, digest],
        )?;
        tx.execute("INSERT INTO part (id, thing, number) VALUES ('p', $1, $2)", params![id, true])?;
        tx.query_opt(
            "SELECT t.id, t.organisation, t.number, t.note, t.body, p.number FROM thing t \
             JOIN part p ON p.thing = t.id",
            params![],
            |row| {
                assert_eq!(row.id::<Device>(0)?, id);
                assert_eq!(row.id_opt::<Device>(1)?, Some(id));
                assert_eq!(row.time(2)?, time);
                assert_eq!(row.text_ref(3)?, "not_applicable");
                assert_eq!(row.digest(4)?, digest);
                assert_eq!(row.bytes_n::<32>(4)?, *digest.bytes());
                assert!(row.bool(5)?);
                Ok(())
            },
        )
    });
    assert!(row.unwrap().is_some());
}

fn a_column_of_another_kind_is_an_error(fixture: &Fixture) {
    fixture.write(1, |tx| super::make(tx, 1, "a")).unwrap();
    macro_rules! refused {
        ($column:literal, $read:ident) => {
            let refused = fixture.read(|tx| {
                tx.query(concat!("SELECT ", $column, " FROM thing"), params![], |row| {
                    row.$read(0).map(|_| ())
                })
            });
            assert!(
                matches!(refused, Err(StoreError::Column { column: 0, .. })),
                "{} {}: {refused:?}",
                $column,
                stringify!($read)
            );
        };
    }
    refused!("id", int);
    refused!("id", bytes);
    refused!("number", text);
    refused!("note", text);
    refused!("body", digest);
    refused!("number", digest);
    let refused = fixture.read(|tx| tx.query("SELECT id FROM thing", params![], |row| row.int(1)));
    assert!(matches!(refused, Err(StoreError::Column { column: 1, .. })));
    let refused =
        fixture.read(|tx| tx.query("SELECT id FROM thing", params![], |row| row.id::<Device>(0)));
    assert!(matches!(refused, Err(StoreError::Corrupt { what: "an id", .. })));
}

fn computed_columns_are_read_as_numbers_and_truth_values(fixture: &Fixture) {
    fixture.write(1, |tx| super::make(tx, 1, "a")).unwrap();
    let row = fixture.read(|tx| {
        tx.query_opt(
            "SELECT COUNT(*), EXISTS (SELECT 1 FROM thing WHERE id = $1), number < $2, \
             CAST(SUM(number) AS BIGINT), COALESCE(MAX(note), 'none') FROM thing GROUP BY number",
            params!["a", 5],
            |row| Ok((row.int(0)?, row.bool(1)?, row.bool(2)?, row.int(3)?, row.text(4)?)),
        )
    });
    assert_eq!(row.unwrap().unwrap(), (1, true, true, 0, "none".to_owned()));
}

fn a_text_with_nul_is_refused(fixture: &Fixture) {
    let refused = fixture.write(1, |tx| insert(tx, "a\0b", 1));
    assert!(matches!(refused, Err(StoreError::Nul)));
}

const KEYS: [&str; 12] =
    ["a", "B", "ä", "a-b", "ab", "Z", "_", "0", "a b", "dev_01", "DEV_01", "é"];

fn keys_sort_by_their_bytes(fixture: &Fixture) {
    fixture
        .write(1, |tx| {
            record(tx, log(1), "thing:a")?;
            KEYS.iter().try_for_each(|key| insert(tx, key, 0))
        })
        .unwrap();
    let mut paged = Vec::new();
    loop {
        let after = paged.last().cloned().unwrap_or_default();
        let page: Vec<String> = fixture
            .read(move |tx| {
                tx.query(
                    "SELECT id FROM thing WHERE id > $1 ORDER BY id LIMIT $2",
                    params![&after, 5],
                    |row| row.text(0),
                )
            })
            .unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    let mut wanted = KEYS;
    wanted.sort_unstable();
    assert_eq!(paged, wanted);
}

fn like_heeds_case(fixture: &Fixture) {
    fixture
        .write(1, |tx| {
            record(tx, log(1), "thing:a")?;
            insert(tx, "Alpha", 0)?;
            insert(tx, "alpha", 0)
        })
        .unwrap();
    let found = fixture.read(|tx| {
        tx.query("SELECT id FROM thing WHERE id LIKE $1", params!["al%"], |row| row.text(0))
    });
    assert_eq!(found.unwrap(), ["alpha"]);
}

#[test]
fn keys_sort_by_their_bytes_in_a_database_of_another_collation() {
    let Some(server) = Postgres::shared() else { return };
    let database =
        server.database_with("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
    keys_sort_by_their_bytes(&Fixture::at(&database.url));
}
