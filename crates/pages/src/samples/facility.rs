//! The facility: not described, described, no longer true, refused, only to read, where nobody asks.

use super::{Sample, day, sample, shell, time};
use crate::{
    Area, Shell,
    components::{Choice, Field},
    facility::{FacilityDocument, FacilityForm, FacilityPage, FacilitySaid},
};
use closedset_core::Role;

pub(super) fn samples() -> Vec<Sample> {
    vec![
        sample(
            "facility-not-described",
            &FacilityPage {
                said: None,
                document: None,
                others: vec![],
                form: Some(FacilityForm { changes: "0".into(), ..FacilityForm::default() }),
                ..page()
            },
        ),
        sample("facility-described", &page()),
        sample(
            "facility-over",
            &FacilityPage { document: Some(document(false)), may_set: false, ..page() },
        ),
        sample(
            "facility-refused",
            &FacilityPage {
                form: Some(FacilityForm {
                    building: Field::default().with_error("Choose what it is in."),
                    floor_area_m2: Field::new("12,5").with_error("Write whole square metres."),
                    place: Field::new("here").with_error("Write it as maps show it."),
                    ..form()
                }),
                problem: Some("Somebody described the facility since you looked.".into()),
                ..page()
            },
        ),
        sample(
            "facility-only-to-read",
            &FacilityPage {
                shell: Shell { allowed: Role::Auditor.actions(), ..shell(Area::Documents) },
                form: None,
                may_set: false,
                ..page()
            },
        ),
        sample(
            "facility-not-asked",
            &FacilityPage { is_answered: false, document: None, ..page() },
        ),
    ]
}

fn document(counts: bool) -> FacilityDocument {
    FacilityDocument { id: "doc_1".into(), until: day("2027-03-12", "12 March 2027"), counts }
}

fn form() -> FacilityForm {
    FacilityForm {
        building: Field::new("shared"),
        floor_area_m2: Field::new("420"),
        rooms: Field::new("Second floor.\nContent: two <grading> rooms."),
        neighbours: Field::new("Below us a dentist."),
        place: Field::new("40.416780, -3.703790"),
        changes: "1".into(),
    }
}

fn page() -> FacilityPage {
    FacilityPage {
        shell: shell(Area::Documents),
        tab: "facility",
        control: "AD-1",
        is_answered: true,
        name: "Kvarn<gatan>".into(),
        address: "Kvarngatan 4, 118 47 Stockholm, SE".into(),
        said: Some(FacilitySaid {
            building: "Rooms or floors of a building with others in it",
            floor_area_m2: 420,
            rooms: "Second floor.\nContent: two <grading> rooms.".into(),
            neighbours: "Below us a dentist.".into(),
            place: Some((
                "40.416780, -3.703790".into(),
                "https://www.openstreetmap.org/?mlat=40.416780&mlon=-3.703790".into(),
            )),
            by: "Mira <Sol>".into(),
            when: time("2026-03-12T09:30:00Z", "12 March 2026, 10:30"),
        }),
        document: Some(document(true)),
        others: vec![("Floor <plan>".into(), day("2026-09-30", "30 September 2026"))],
        form: Some(form()),
        buildings: vec![
            Choice::new("own", "A building of our own"),
            Choice::new("shared", "Rooms or floors of a building with others in it"),
        ],
        may_set: true,
        problem: None,
    }
}
