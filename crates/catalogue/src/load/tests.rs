use crate::Catalogue;

#[test]
fn the_embedded_catalogue_is_sound() {
    if let Err(errors) = Catalogue::embedded() {
        panic!("{errors}");
    }
}
