//! People: invited, joined, given another role, signed out, removed, and out by themselves.

use crate::{
    phone,
    world::{World, code, on_both, profile, resolve},
};
use closedset_app::{
    Caller, Problem,
    accounts::{self, NewToken, SessionToken, Signed},
    organisations,
    people::{self, NewInvitation, NewMember, RoleChange},
};
use closedset_core::{
    Action, Actor, Duration, Role,
    entry::Log,
    id::{Id, Organisation, Person},
};
use closedset_store::people::{InvitationRow, MemberRow};

on_both!(
    whoever_is_invited_makes_an_account_and_may_what_the_role_may,
    a_link_that_was_used_taken_back_or_expired_opens_nothing,
    a_link_opens_nothing_once_whoever_gave_it_may_not_give_it,
    a_link_is_good_for_its_own_address_alone,
    inviting_does_not_tell_who_has_an_account,
    an_address_that_has_an_account_gets_no_second_one_and_keeps_its_password,
    what_an_invitation_says_wrongly_is_refused_by_field,
    an_address_is_invited_once_and_not_when_it_belongs,
    nobody_gives_changes_or_takes_more_than_they_may,
    programs_give_no_more_than_their_scopes_and_make_no_owners,
    inviting_and_changing_want_a_fresh_second_factor,
    the_last_owner_who_can_sign_in_stays,
    whoever_is_removed_is_out_at_once_with_all_they_made,
    whoever_comes_back_is_the_same_person_with_none_of_the_old_keys,
    a_session_that_was_shut_out_stays_out_when_its_person_comes_back,
    signing_out_shuts_out_a_session_that_began_by_a_clock_ahead,
    whoever_signs_in_after_being_signed_out_by_a_clock_ahead_comes_in,
    a_last_day_that_nobody_changed_stays_where_the_facility_moves,
    a_last_day_is_written_in_one_form_alone,
    what_an_account_does_that_belongs_nowhere_is_the_accounts,
    another_role_counts_from_the_next_request_on,
    an_end_takes_effect_by_itself_and_can_be_put_off,
    auditors_have_an_end_and_owners_have_none,
    signing_somebody_out_concerns_this_organisation_alone,
    signing_out_everywhere_ends_every_session_of_ones_own,
    people_of_another_organisation_are_not_found,
    another_organisation_is_set_up_by_an_owner_with_a_ledger_of_its_own,
    a_session_goes_where_its_account_belongs_and_nowhere_else,
);

const PASSWORD: &str = "velvet harbour lantern";
const BROWSER: &str = "another browser";

/// The owner, with the second factor shown just now.
fn owner(world: &World) -> Caller {
    Caller { factor_at: Some(world.now()), ..world.owner.clone() }
}

fn invitation(email: &str, role: Role) -> NewInvitation {
    let last_day = if role == Role::Auditor { "2026-04-30" } else { "" };
    NewInvitation {
        email: email.into(),
        name: name_of(email),
        role: role.as_str().into(),
        last_day: last_day.into(),
    }
}

/// Nobody is called as another is.
fn name_of(email: &str) -> String {
    format!("{} Cut", email.split('@').next().unwrap())
}

/// The token of a link.
fn token_of(link: &str) -> String {
    link.split_once("/join?token=").expect("a link leads to /join").1.to_owned()
}

async fn invite_by(world: &World, by: &Caller, email: &str, role: Role) -> (InvitationRow, String) {
    let (row, link) = people::invite(&world.app, by, invitation(email, role)).await.unwrap();
    (row, token_of(&link))
}

async fn invite(world: &World, email: &str, role: Role) -> String {
    invite_by(world, &owner(world), email, role).await.1
}

fn member() -> NewMember {
    NewMember { name: "Nina Cut".into(), password: PASSWORD.into(), browser: BROWSER.into() }
}

/// Somebody with an account of their own.
struct Guest {
    session: SessionToken,
    signed: Signed,
    totp: Vec<u8>,
}

impl Guest {
    async fn signed(&self, world: &World) -> Option<Signed> {
        accounts::session_resolve(&world.app, &self.session).await.unwrap()
    }

    async fn caller(&self, world: &World) -> Caller {
        let signed = self.signed(world).await.expect("the session goes on");
        Caller { factor_at: Some(world.now()), ..signed.caller().unwrap() }
    }

    /// Signs in anew, a minute later.
    async fn again(&self, world: &World) -> SessionToken {
        world.advance(Duration::from_minutes(1));
        let email = &self.signed.email;
        let session = accounts::sign_in(&world.app, email, PASSWORD.into(), BROWSER).await.unwrap();
        let signed = resolve(&world.app, &session).await;
        let code = phone::code(&self.totp, world.now());
        accounts::totp_sign_in(&world.app, &signed, &code, BROWSER).await.unwrap()
    }
}

/// Joins by a link with a new account and an authenticator app.
async fn join_new(world: &World, token: &str) -> Guest {
    let session = people::join_new(&world.app, token, member()).await.unwrap();
    let signed = resolve(&world.app, &session).await;
    assert!(signed.caller().is_err(), "a password alone may nothing");
    let secret = accounts::totp_begin(&world.app, &signed).await.unwrap();
    let totp = phone::secret(&secret.secret);
    let signed = resolve(&world.app, &session).await;
    let code = phone::code(&totp, world.now());
    let session = accounts::totp_finish(&world.app, &signed, &code, BROWSER).await.unwrap();
    let signed = resolve(&world.app, &session).await;
    Guest { session, signed, totp }
}

async fn guest(world: &World, email: &str, role: Role) -> Guest {
    let token = invite(world, email, role).await;
    join_new(world, &token).await
}

fn person_of(guest: &Guest, organisation: Id<Organisation>) -> Id<Person> {
    let of = |row: &&closedset_store::people::MembershipRow| row.organisation == organisation;
    guest.signed.memberships.iter().find(of).unwrap().person
}

async fn all(world: &World) -> Vec<MemberRow> {
    people::person_list(&world.app, &world.owner, None, 200).await.unwrap().0
}

async fn own_person(world: &World) -> Id<Person> {
    all(world).await.iter().find(|row| row.account == world.signed.account).unwrap().person
}

/// Another organisation of the owner's, and the caller that they are there.
async fn second(world: &World) -> Caller {
    let other = organisations::Profile { organisation: "Southpaw VFX".into(), ..profile() };
    let organisation =
        organisations::organisation_add(&world.app, &owner(world), other).await.unwrap();
    let account = world.signed.account;
    Caller { organisation, actor: Actor::Account { account, organisation }, ..owner(world) }
}

fn to(role: Role) -> RoleChange {
    RoleChange { role: role.as_str().into(), last_day: String::new() }
}

async fn dead(world: &World, token: &str) {
    let offered = people::offer(&world.app, token).await;
    assert_eq!(code(&offered.unwrap_err()), "invitation.dead");
    let made = people::join_new(&world.app, token, member()).await;
    assert_eq!(code(&made.unwrap_err()), "invitation.dead");
    let joined = code(&people::join(&world.app, &world.signed, token).await.unwrap_err());
    // Days later the owner's own session is over too.
    assert!(["invitation.dead", "sign_in.needed"].contains(&joined.as_str()), "{joined}");
}

async fn whoever_is_invited_makes_an_account_and_may_what_the_role_may(world: World) {
    let before = world.entry_count(world.log()).await;
    let token = invite(&world, " Nina@Cut.example ", Role::Coordinator).await;
    let offer = people::offer(&world.app, &token).await.unwrap();
    assert_eq!(
        (offer.organisation.as_str(), offer.email.as_str()),
        ("Halide Post", "nina@cut.example")
    );
    assert_eq!((offer.role, offer.invited_by.as_str()), (Role::Coordinator, "Mira Lindqvist"));
    let nina = join_new(&world, &token).await;
    let caller = nina.caller(&world).await;
    assert_eq!(caller.organisation, world.organisation());
    assert_eq!(caller.allowed, Role::Coordinator.actions());
    let row = all(&world).await.into_iter().find(|row| row.account == nina.signed.account).unwrap();
    assert!(row.has_totp && row.has_second_factor && row.signed_in_at == Some(world.now()));
    assert!(people::invitation_list(&world.app, &world.owner).await.unwrap().is_empty());
    assert_eq!(world.kinds_from(before).await, ["person.invited", "person.joined"]);
    assert_eq!(world.body(before + 1).await["email"], "nina@cut.example");
    world.verify().await;
    dead(&world, &token).await;
}

async fn a_link_that_was_used_taken_back_or_expired_opens_nothing(world: World) {
    for nonsense in ["", "x", "../../etc/passwd", &"A".repeat(43), &"A".repeat(10_000)] {
        dead(&world, nonsense).await;
    }
    let (row, token) = invite_by(&world, &owner(&world), "a@cut.example", Role::Member).await;
    people::invitation_revoke(&world.app, &world.owner, row.id).await.unwrap();
    assert_eq!(world.newest(world.log()).await.kind, "invitation.revoked");
    dead(&world, &token).await;
    let again = people::invitation_revoke(&world.app, &world.owner, row.id).await;
    assert_eq!(code(&again.unwrap_err()), "not_found");
    let token = invite(&world, "b@cut.example", Role::Member).await;
    world.advance(Duration::from_millis(7 * 86_400_000 - 1));
    people::offer(&world.app, &token).await.unwrap();
    world.advance(Duration::from_millis(1));
    dead(&world, &token).await;
    // Whose invitation expired is invited anew.
    let fresh = invite(&world, "b@cut.example", Role::Member).await;
    dead(&world, &token).await;
    people::offer(&world.app, &fresh).await.unwrap();
}

async fn a_link_opens_nothing_once_whoever_gave_it_may_not_give_it(world: World) {
    let ada = guest(&world, "ada@cut.example", Role::Administrator).await;
    let by = ada.caller(&world).await;
    let (_, token) = invite_by(&world, &by, "friend@cut.example", Role::Administrator).await;
    let (_, modest) = invite_by(&world, &by, "modest@cut.example", Role::Member).await;
    let person = person_of(&ada, world.organisation());
    people::person_change(&world.app, &owner(&world), person, to(Role::Coordinator)).await.unwrap();
    dead(&world, &token).await;
    dead(&world, &modest).await;
    assert!(people::invitation_list(&world.app, &world.owner).await.unwrap().is_empty());

    let until = RoleChange { role: "administrator".into(), last_day: "2026-03-13".into() };
    people::person_change(&world.app, &owner(&world), person, until).await.unwrap();
    let by = ada.caller(&world).await;
    let (_, token) = invite_by(&world, &by, "friend@cut.example", Role::Member).await;
    people::offer(&world.app, &token).await.unwrap();
    world.advance(Duration::from_days(2));
    dead(&world, &token).await;
}

async fn a_link_is_good_for_its_own_address_alone(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let (_, token) = invite_by(&world, &there, "otto@cut.example", Role::Owner).await;
    let before = world.entry_count(Log::Organisation(there.organisation)).await;
    let stolen = people::join(&world.app, &nina.signed, &token).await;
    assert_eq!(code(&stolen.unwrap_err()), "invitation.other");
    assert_eq!(world.entry_count(Log::Organisation(there.organisation)).await, before);
    assert_eq!(nina.signed(&world).await.unwrap().memberships.len(), 1);
    // It stays good for whom it is meant.
    join_new(&world, &token).await;
}

async fn inviting_does_not_tell_who_has_an_account(world: World) {
    let there = second(&world).await;
    guest(&world, "known@cut.example", Role::Member).await;
    let answers = [
        invite_by(&world, &there, "known@cut.example", Role::Member).await,
        invite_by(&world, &there, "never@cut.example", Role::Member).await,
    ];
    let told = |row: &InvitationRow| (row.role, row.expires_at, row.ends_at);
    assert_eq!(told(&answers[0].0), told(&answers[1].0));
    let offers = [
        people::offer(&world.app, &answers[0].1).await.unwrap(),
        people::offer(&world.app, &answers[1].1).await.unwrap(),
    ];
    assert_eq!(offers[0].organisation, offers[1].organisation);
}

async fn an_address_that_has_an_account_gets_no_second_one_and_keeps_its_password(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let (_, token) = invite_by(&world, &there, "nina@cut.example", Role::Member).await;
    let thief = NewMember { password: "somebody elses words".into(), ..member() };
    for _ in 0..5 {
        let made = people::join_new(&world.app, &token, thief.clone()).await;
        assert_eq!(code(&made.unwrap_err()), "invitation.not_new");
    }
    let made = people::join_new(&world.app, &token, thief).await;
    assert_eq!(code(&made.unwrap_err()), "limited");
    let session = nina.again(&world).await;
    let signed = resolve(&world.app, &session).await;
    people::join(&world.app, &signed, &token).await.unwrap();
    let signed = resolve(&world.app, &session).await;
    assert_eq!(signed.memberships.len(), 2);
    assert_eq!(signed.caller().unwrap().organisation, there.organisation);
}

async fn what_an_invitation_says_wrongly_is_refused_by_field(world: World) {
    let good = || invitation("nina@cut.example", Role::Member);
    let long = "x".repeat(101);
    for (new, field) in [
        (NewInvitation { email: "nina".into(), ..good() }, "email"),
        (NewInvitation { name: "  ".into(), ..good() }, "name"),
        (NewInvitation { name: long, ..good() }, "name"),
        (NewInvitation { role: "root".into(), ..good() }, "role"),
        (NewInvitation { role: String::new(), ..good() }, "role"),
        (NewInvitation { last_day: "tomorrow".into(), ..good() }, "last_day"),
        (NewInvitation { last_day: "2026-03-11".into(), ..good() }, "last_day"),
        (NewInvitation { last_day: "2027-03-13".into(), ..good() }, "last_day"),
        (NewInvitation { role: "auditor".into(), ..good() }, "last_day"),
        (
            NewInvitation { role: "owner".into(), last_day: "2026-04-01".into(), ..good() },
            "last_day",
        ),
    ] {
        let refused = people::invite(&world.app, &owner(&world), new).await;
        assert_eq!(code(&refused.unwrap_err()), field);
    }
    let token = invite(&world, "nina@cut.example", Role::Member).await;
    for (new, field) in [
        (NewMember { name: " ".into(), ..member() }, "name"),
        (NewMember { password: "short".into(), ..member() }, "password"),
        (NewMember { password: "nina@cut.example".into(), ..member() }, "password"),
    ] {
        let refused = people::join_new(&world.app, &token, new).await;
        assert_eq!(code(&refused.unwrap_err()), field);
    }
}

async fn an_address_is_invited_once_and_not_when_it_belongs(world: World) {
    invite(&world, "nina@cut.example", Role::Member).await;
    let twice = invitation("NINA@cut.example", Role::Reception);
    let twice = people::invite(&world.app, &owner(&world), twice).await;
    assert_eq!(code(&twice.unwrap_err()), "invitation.open");
    let own = invitation(&world.signed.email, Role::Member);
    let own = people::invite(&world.app, &owner(&world), own).await;
    assert_eq!(code(&own.unwrap_err()), "person.member");
}

async fn nobody_gives_changes_or_takes_more_than_they_may(world: World) {
    let owners = own_person(&world).await;
    let contact = guest(&world, "contact@cut.example", Role::SecurityContact).await;
    let contact = person_of(&contact, world.organisation());
    for role in [Role::SecurityContact, Role::Administrator, Role::Provider] {
        let email = format!("{role}@asks.example");
        let asker = guest(&world, &email, role).await;
        let own = person_of(&asker, world.organisation());
        let asker = asker.caller(&world).await;
        let mut beyond = vec![Role::Owner];
        if role != Role::SecurityContact {
            beyond.push(Role::SecurityContact);
        }
        for wanted in beyond {
            let refused = people::invite(&world.app, &asker, invitation("x@cut.example", wanted));
            assert_eq!(code(&refused.await.unwrap_err()), "role.beyond", "{role} {wanted}");
            let raised = people::person_change(&world.app, &asker, own, to(wanted)).await;
            assert_eq!(code(&raised.unwrap_err()), "role.beyond", "{role} raises itself");
        }
        let victims =
            if role == Role::SecurityContact { vec![owners] } else { vec![owners, contact] };
        for victim in victims {
            let refused = people::person_change(&world.app, &asker, victim, to(Role::Member)).await;
            assert_eq!(code(&refused.unwrap_err()), "role.beyond");
            let refused = people::person_remove(&world.app, &asker, victim).await;
            assert_eq!(code(&refused.unwrap_err()), "role.beyond");
            let refused = people::person_sign_out(&world.app, &asker, victim).await;
            assert_eq!(code(&refused.unwrap_err()), "role.beyond");
        }
        let (row, _) = invite_by(&world, &owner(&world), "boss@cut.example", Role::Owner).await;
        let refused = people::invitation_revoke(&world.app, &asker, row.id).await;
        assert_eq!(code(&refused.unwrap_err()), "role.beyond");
        people::invitation_revoke(&world.app, &world.owner, row.id).await.unwrap();
    }
    for role in [Role::Coordinator, Role::Reception, Role::Member, Role::Auditor] {
        let asker = Caller { factor_at: Some(world.now()), ..world.as_role(role) };
        let refused = people::invite(&world.app, &asker, invitation("x@cut.example", Role::Member));
        assert_eq!(code(&refused.await.unwrap_err()), "role.forbids", "{role}");
        let refused = people::person_remove(&world.app, &asker, contact).await;
        assert_eq!(code(&refused.unwrap_err()), "role.forbids", "{role}");
        let seen = people::person_list(&world.app, &asker, None, 10).await;
        assert_eq!(seen.is_ok(), role == Role::Coordinator, "{role}");
    }
}

async fn token(world: &World, by: &Caller, scopes: &str) -> (Caller, String) {
    let new = NewToken { name: "a program".into(), scopes: scopes.parse().unwrap(), days: 30 };
    let (_, text) = accounts::token_create(&world.app, by, new).await.unwrap();
    (accounts::token_caller(&world.app, &text).await.unwrap(), text)
}

async fn programs_give_no_more_than_their_scopes_and_make_no_owners(world: World) {
    let (modest, _) = token(&world, &owner(&world), "people.manage task.read task.write").await;
    let refused =
        people::invite(&world.app, &modest, invitation("x@cut.example", Role::Coordinator));
    assert_eq!(code(&refused.await.unwrap_err()), "role.beyond");
    invite_by(&world, &modest, "y@cut.example", Role::Member).await;
    let everything = Role::Owner.actions().to_string();
    let (mighty, _) = token(&world, &owner(&world), &everything).await;
    let refused = people::invite(&world.app, &mighty, invitation("x@cut.example", Role::Owner));
    assert_eq!(code(&refused.await.unwrap_err()), "role.beyond");
    let refused = people::person_remove(&world.app, &mighty, own_person(&world).await).await;
    assert_eq!(code(&refused.unwrap_err()), "role.beyond");
    // Somebody at the server may, for the day on which no owner is left.
    let operator = Caller {
        actor: Actor::Operator(0),
        name: "root at the server".into(),
        factor_at: None,
        ..world.owner.clone()
    };
    let (_, link) = invite_by(&world, &operator, "new@cut.example", Role::Owner).await;
    people::offer(&world.app, &link).await.unwrap();
}

async fn inviting_and_changing_want_a_fresh_second_factor(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    world.advance(Duration::from_minutes(11));
    let stale = people::invite(&world.app, &world.owner, invitation("x@cut.example", Role::Member));
    assert_eq!(code(&stale.await.unwrap_err()), "factor.stale");
    let stale = people::person_change(&world.app, &world.owner, person, to(Role::Reception)).await;
    assert_eq!(code(&stale.unwrap_err()), "factor.stale");
}

async fn the_last_owner_who_can_sign_in_stays(world: World) {
    let own = own_person(&world).await;
    let last = |problem: Problem| assert_eq!(code(&problem), "person.last_owner");
    last(people::person_remove(&world.app, &owner(&world), own).await.unwrap_err());
    last(
        people::person_change(&world.app, &owner(&world), own, to(Role::Member)).await.unwrap_err(),
    );
    // An owner who has not finished their account is none who can sign in.
    let link = invite(&world, "half@cut.example", Role::Owner).await;
    people::join_new(&world.app, &link, member()).await.unwrap();
    last(people::person_remove(&world.app, &owner(&world), own).await.unwrap_err());
    let other = guest(&world, "other@cut.example", Role::Owner).await;
    people::person_change(&world.app, &owner(&world), own, to(Role::Member)).await.unwrap();
    let refused = people::person_remove(&world.app, &owner(&world), own).await;
    assert_eq!(code(&refused.unwrap_err()), "role.forbids", "what they were counts no more");
    people::person_remove(&world.app, &other.caller(&world).await, own).await.unwrap();
    assert!(
        accounts::session_resolve(&world.app, &SessionToken::new([0; 32])).await.unwrap().is_none()
    );
}

async fn whoever_is_removed_is_out_at_once_with_all_they_made(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Administrator).await;
    let caller = nina.caller(&world).await;
    let idle = nina.again(&world).await;
    let (program, text) = token(&world, &caller, "settings.write board.read").await;
    let (_, of_program) = token(&world, &program, "board.read").await;
    let (_, link) = invite_by(&world, &caller, "friend@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    people::person_remove(&world.app, &owner(&world), person).await.unwrap();
    for session in [&nina.session, &idle] {
        assert!(accounts::session_resolve(&world.app, session).await.unwrap().is_none());
    }
    for text in [text, of_program] {
        let refused = accounts::token_caller(&world.app, &text).await;
        assert_eq!(code(&refused.unwrap_err()), "sign_in.needed");
    }
    dead(&world, &link).await;
    // What was asked for before, and is done only now, is not done.
    let late = people::invite(&world.app, &caller, invitation("late@cut.example", Role::Member));
    assert_eq!(code(&late.await.unwrap_err()), "sign_in.needed");
    let entry = world.newest(world.log()).await;
    assert_eq!(entry.kind, "person.removed");
    let body = world.body(entry.index).await;
    assert_eq!(body["tokens_revoked"].as_array().unwrap().len(), 2);
    assert_eq!((&body["sessions_ended"], &body["role"]), (&2.into(), &"administrator".into()));
    let gone = people::person_remove(&world.app, &owner(&world), person).await;
    assert_eq!(code(&gone.unwrap_err()), "not_found");
    // The account is there still, and belongs nowhere.
    let session = nina.again(&world).await;
    let signed = resolve(&world.app, &session).await;
    assert_eq!(code(&signed.caller().unwrap_err()), "organisation.none");
}

async fn whoever_comes_back_is_the_same_person_with_none_of_the_old_keys(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Administrator).await;
    let caller = nina.caller(&world).await;
    let (_, text) = token(&world, &caller, "board.read").await;
    let person = person_of(&nina, world.organisation());
    people::person_remove(&world.app, &owner(&world), person).await.unwrap();
    let link = invite(&world, "nina@cut.example", Role::Administrator).await;
    let session = nina.again(&world).await;
    let signed = resolve(&world.app, &session).await;
    people::join(&world.app, &signed, &link).await.unwrap();
    let signed = resolve(&world.app, &session).await;
    assert_eq!(signed.membership().unwrap().person, person);
    let refused = accounts::token_caller(&world.app, &text).await;
    assert_eq!(code(&refused.unwrap_err()), "sign_in.needed");
    assert!(nina.signed(&world).await.is_none());
}

async fn a_session_that_was_shut_out_stays_out_when_its_person_comes_back(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    let (_, link) = invite_by(&world, &there, "nina@cut.example", Role::Member).await;
    people::join(&world.app, &nina.signed, &link).await.unwrap();
    // This session looks there from now on; somebody else has its cookie.
    world.advance(Duration::from_minutes(1));
    people::person_sign_out(&world.app, &owner(&world), person).await.unwrap();
    people::person_remove(&world.app, &owner(&world), person).await.unwrap();
    let link = invite(&world, "nina@cut.example", Role::Member).await;
    let anew = resolve(&world.app, &nina.again(&world).await).await;
    people::join(&world.app, &anew, &link).await.unwrap();
    let stolen = nina.signed(&world).await.unwrap();
    assert_eq!(stolen.memberships.len(), 1);
    let back = accounts::session_enter(&world.app, &stolen, world.organisation()).await;
    assert_eq!(code(&back.unwrap_err()), "not_found");
    let later = resolve(&world.app, &nina.again(&world).await).await;
    assert_eq!(later.memberships.len(), 2);
}

async fn signing_out_shuts_out_a_session_that_began_by_a_clock_ahead(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    let (_, link) = invite_by(&world, &there, "nina@cut.example", Role::Member).await;
    people::join(&world.app, &nina.signed, &link).await.unwrap();
    world.advance(Duration::from_minutes(9));
    let session = nina.again(&world).await;
    let signed = resolve(&world.app, &session).await;
    accounts::session_enter(&world.app, &signed, there.organisation).await.unwrap();
    // What this organisation wrote down last was written before.
    world.clock.set(world.now() - Duration::from_minutes(8));
    people::person_sign_out(&world.app, &owner(&world), person).await.unwrap();
    assert_eq!(resolve(&world.app, &session).await.memberships.len(), 1);
}

async fn whoever_signs_in_after_being_signed_out_by_a_clock_ahead_comes_in(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    world.advance(Duration::from_minutes(9));
    people::person_sign_out(&world.app, &owner(&world), person).await.unwrap();
    world.clock.set(world.now() - Duration::from_minutes(8));
    let anew = resolve(&world.app, &nina.again(&world).await).await;
    assert_eq!(anew.memberships.len(), 1);
}

async fn a_last_day_that_nobody_changed_stays_where_the_facility_moves(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    let change = |role: &str, last_day: &str| {
        let change = RoleChange { role: role.into(), last_day: last_day.into() };
        let (app, owner) = (world.app.clone(), owner(&world));
        async move { people::person_change(&app, &owner, person, change).await.unwrap() }
    };
    change("member", "2026-06-01").await;
    let end = async || {
        all(&world).await.iter().find(|row| row.person == person).unwrap().ends_at.unwrap()
    };
    let was = end().await;
    let moved = organisations::Profile { time_zone: "Pacific/Auckland".into(), ..profile() };
    organisations::profile_change(&world.app, &owner(&world), moved).await.unwrap();
    // Half past ten in the morning of the next day there, as which the page shows it.
    change("reception", "2026-06-02").await;
    assert_eq!(end().await, was);
    change("reception", "2026-06-03").await;
    assert!(end().await > was);
}

async fn a_last_day_is_written_in_one_form_alone(world: World) {
    for wrong in ["20260601", "2026-06-01T10:00", "+002026-06-01", "2026-6-1"] {
        let new = invitation("x@cut.example", Role::Member);
        let new = NewInvitation { last_day: wrong.into(), ..new };
        let refused = people::invite(&world.app, &owner(&world), new).await;
        assert_eq!(code(&refused.unwrap_err()), "last_day", "{wrong}");
    }
}

async fn what_an_account_does_that_belongs_nowhere_is_the_accounts(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    people::person_remove(&world.app, &owner(&world), person).await.unwrap();
    let session = nina.again(&world).await;
    let newest = world.newest(Log::Installation).await;
    let nina = resolve(&world.app, &session).await;
    let name = format!("account:{}", nina.account);
    assert_eq!(
        (newest.kind.as_str(), newest.actor_name.as_ref()),
        ("account.signed_in", Some(&name))
    );
    accounts::session_end_all(&world.app, &nina).await.unwrap();
    let newest = world.newest(Log::Installation).await;
    assert_eq!(newest.actor_name, Some(name));
}

async fn another_role_counts_from_the_next_request_on(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Administrator).await;
    let (_, text) = token(&world, &nina.caller(&world).await, "board.read settings.write").await;
    let person = person_of(&nina, world.organisation());
    people::person_change(&world.app, &owner(&world), person, to(Role::Coordinator)).await.unwrap();
    let entry = world.newest(world.log()).await;
    assert_eq!(entry.kind, "person.role_changed");
    assert_eq!(world.body(entry.index).await["was"], "administrator");
    assert_eq!(nina.caller(&world).await.allowed, Role::Coordinator.actions());
    let program = accounts::token_caller(&world.app, &text).await.unwrap();
    assert_eq!(program.allowed, Action::BoardRead.into(), "its maker may the rest no more");
    let before = world.entry_count(world.log()).await;
    people::person_change(&world.app, &owner(&world), person, to(Role::Coordinator)).await.unwrap();
    assert_eq!(world.entry_count(world.log()).await, before, "nothing changed");
}

async fn an_end_takes_effect_by_itself_and_can_be_put_off(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Administrator).await;
    let person = person_of(&nina, world.organisation());
    let until = RoleChange { role: "administrator".into(), last_day: "2026-03-12".into() };
    people::person_change(&world.app, &owner(&world), person, until).await.unwrap();
    let (_, text) = token(&world, &nina.caller(&world).await, "board.read").await;
    let row = people::person_one(&world.app, &world.owner, person).await.unwrap();
    // Midnight in Stockholm.
    let end = row.ends_at.unwrap();
    assert_eq!(end.to_string(), "2026-03-12T23:00:00.000Z");
    world.clock.set(end - Duration::from_minutes(10));
    let session = nina.again(&world).await;
    world.clock.set(end - Duration::from_millis(1));
    assert!(resolve(&world.app, &session).await.caller().is_ok());
    accounts::token_caller(&world.app, &text).await.unwrap();
    world.clock.set(end);
    assert!(accounts::session_resolve(&world.app, &session).await.unwrap().is_none());
    let refused = accounts::token_caller(&world.app, &text).await;
    assert_eq!(code(&refused.unwrap_err()), "sign_in.needed");
    let before = world.entry_count(world.log()).await;
    world.sweep().await;
    world.sweep().await;
    let kinds = world.kinds_from(before).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "person.access_ended").count(), 1, "{kinds:?}");
    let later = RoleChange { role: "administrator".into(), last_day: "2026-06-30".into() };
    people::person_change(&world.app, &owner(&world), person, later).await.unwrap();
    let session = nina.again(&world).await;
    assert!(resolve(&world.app, &session).await.caller().is_ok());
    accounts::token_caller(&world.app, &text).await.unwrap();
}

async fn auditors_have_an_end_and_owners_have_none(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    for (role, last_day) in [("auditor", ""), ("owner", "2026-04-01"), ("auditor", "2028-01-01")] {
        let change = RoleChange { role: role.into(), last_day: last_day.into() };
        let refused = people::person_change(&world.app, &owner(&world), person, change).await;
        assert_eq!(code(&refused.unwrap_err()), "last_day", "{role} {last_day}");
    }
    let change = RoleChange { role: "auditor".into(), last_day: "2026-04-01".into() };
    people::person_change(&world.app, &owner(&world), person, change).await.unwrap();
}

async fn signing_somebody_out_concerns_this_organisation_alone(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let (_, link) = invite_by(&world, &there, "nina@cut.example", Role::Member).await;
    people::join(&world.app, &nina.signed, &link).await.unwrap();
    let here = nina.again(&world).await;
    let signed = resolve(&world.app, &here).await;
    accounts::session_enter(&world.app, &signed, world.organisation()).await.unwrap();
    let person = person_of(&nina, world.organisation());
    people::person_sign_out(&world.app, &world.owner, person).await.unwrap();
    assert!(accounts::session_resolve(&world.app, &here).await.unwrap().is_none());
    // The other session goes on where it looks, and does not reach this organisation.
    let elsewhere = nina.signed(&world).await.unwrap();
    assert_eq!(elsewhere.caller().unwrap().organisation, there.organisation);
    assert_eq!(elsewhere.memberships.len(), 1);
    let back = accounts::session_enter(&world.app, &elsewhere, world.organisation()).await;
    assert_eq!(code(&back.unwrap_err()), "not_found");
    let anew = nina.again(&world).await;
    let signed = resolve(&world.app, &anew).await;
    assert_eq!(code(&signed.caller().unwrap_err()), "organisation.choose");
    accounts::session_enter(&world.app, &signed, world.organisation()).await.unwrap();
}

async fn signing_out_everywhere_ends_every_session_of_ones_own(world: World) {
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let other = nina.again(&world).await;
    accounts::session_end_all(&world.app, &resolve(&world.app, &other).await).await.unwrap();
    assert_eq!(world.newest(Log::Installation).await.kind, "account.signed_out_everywhere");
    for session in [&nina.session, &other] {
        assert!(accounts::session_resolve(&world.app, session).await.unwrap().is_none());
    }
    assert!(!all(&world).await.is_empty());
}

async fn people_of_another_organisation_are_not_found(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let person = person_of(&nina, world.organisation());
    let (row, _) = invite_by(&world, &owner(&world), "otto@cut.example", Role::Member).await;
    let refused: [Problem; 5] = [
        people::person_one(&world.app, &there, person).await.unwrap_err(),
        people::person_change(&world.app, &there, person, to(Role::Owner)).await.unwrap_err(),
        people::person_sign_out(&world.app, &there, person).await.unwrap_err(),
        people::person_remove(&world.app, &there, person).await.unwrap_err(),
        people::invitation_revoke(&world.app, &there, row.id).await.unwrap_err(),
    ];
    for problem in refused {
        assert_eq!(code(&problem), "not_found");
    }
    let (people, _) = people::person_list(&world.app, &there, None, 200).await.unwrap();
    assert_eq!(people.len(), 1);
    assert!(people::invitation_list(&world.app, &there).await.unwrap().is_empty());
}

async fn another_organisation_is_set_up_by_an_owner_with_a_ledger_of_its_own(world: World) {
    let before = world.entry_count(world.log()).await;
    let there = second(&world).await;
    assert_eq!(
        world.entry_count(world.log()).await,
        before,
        "the first one’s ledger says nothing of it"
    );
    assert!(world.entry_count(Log::Organisation(there.organisation)).await > 0);
    assert_eq!(
        closedset_app::organisations::organisation_list_of(&world.app, &there).await.unwrap().len(),
        2
    );
    for role in Role::ALL.iter().filter(|role| **role != Role::Owner) {
        let refused =
            organisations::organisation_add(&world.app, &world.as_role(*role), profile()).await;
        assert_eq!(code(&refused.unwrap_err()), "role.forbids", "{role}");
    }
    let operator = Caller { actor: Actor::Operator(0), ..owner(&world) };
    let refused = organisations::organisation_add(&world.app, &operator, profile()).await;
    assert_eq!(code(&refused.unwrap_err()), "organisation.no_owner");
    let (program, _) = token(&world, &owner(&world), "organisation.create").await;
    let third = organisations::organisation_add(&world.app, &program, profile()).await.unwrap();
    let signed = accounts::session_resolve(&world.app, &SessionToken::new([1; 32])).await.unwrap();
    assert!(signed.is_none());
    assert_ne!(third, there.organisation);
    let own =
        closedset_app::organisations::organisation_list_of(&world.app, &program).await.unwrap();
    assert_eq!(own.len(), 1, "a token sees its own organisation alone");
}

async fn a_session_goes_where_its_account_belongs_and_nowhere_else(world: World) {
    let there = second(&world).await;
    let nina = guest(&world, "nina@cut.example", Role::Member).await;
    let refused = accounts::session_enter(&world.app, &nina.signed, there.organisation).await;
    assert_eq!(code(&refused.unwrap_err()), "not_found");
    let nowhere = accounts::session_enter(&world.app, &nina.signed, Id::from_bits(7)).await;
    assert_eq!(code(&nowhere.unwrap_err()), "not_found");
    assert_eq!(nina.caller(&world).await.organisation, world.organisation());
    // The owner's session stays where it looked, until it goes.
    assert_eq!(world.signed.caller().unwrap().organisation, world.organisation());
    accounts::session_enter(&world.app, &world.signed, there.organisation).await.unwrap();
    assert_eq!(world.newest(Log::Installation).await.kind, "account.entered");
}
