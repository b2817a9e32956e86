//! Everything outside the allow-list is refused by name.

use super::*;

#[test]
fn everything_outside_the_language_is_refused_by_name() {
    let world = World::new();
    let cases: &[(&str, &str)] = &[
        // other parts of CEL
        ("screen_lock.users.map(u, u.name) == []", "`map` has no place in a condition"),
        ("size(screen_lock.users.filter(u, true)) == 0", "`filter` has no place in a condition"),
        ("screen_lock.users.exists_one(u, true)", "`exists_one` has no place here"),
        ("host_firewall.backend.matches('.*')", "`matches` has no place here"),
        ("host_firewall.backend.contains('x')", "`contains` has no place here"),
        ("host_firewall.backend.endsWith('x')", "`endsWith` has no place here"),
        ("host_firewall.is_active ? true : false", "`? :` has no place in a condition"),
        ("screen_lock.users[0].asks_password", "a field can be taken only of a fact"),
        ("local_accounts.other_roots[0] == 'a'", "`[...]` picks one of a list"),
        ("int('1') == 1", "`int` has no place here"),
        ("timestamp('2020-01-01T00:00:00Z') == 1", "`timestamp` has no place here"),
        ("type(1) == int", "`type` has no place here"),
        ("dyn(1) == 1", "`dyn` has no place here"),
        ("now() > 1", "`now` is not known here"),
        ("host_firewall.backend.reverse() == 'a'", "`reverse` is not known here"),
        ("1.5 > 1.0", "numbers here are whole"),
        ("1u == 1u", "write a number without `u`"),
        ("[1, 2] == [1, 2]", "a list stands only on the right of `in`"),
        ("1 in []", "nothing is in an empty list"),
        ("{'a': 1}.a == 1", "`{` has no meaning here"),
        ("b'abc' == b'abc'", "a text is written 'so'"),
        ("r'abc' == 'abc'", "a text is written 'so'"),
        ("'''a''' == 'a'", "two quotes in a row"),
        ("'a\\'b' == 'a'", "a backslash has no meaning"),
        ("`a` == 1", "``` has no meaning here"),
        ("true // always", "a remark stands in the file"),
        ("true # always", "`#` has no meaning here"),
        // names
        ("screenlock.users.all(u, true)", "did you mean `screen_lock`?"),
        ("screen_lock.user.all(u, true)", "did you mean `users`?"),
        ("disk_encryption.all_encrypted", "is not among the facts this check needs"),
        ("limit.screen_lock > 1", "did you mean `screen_lock_s`?"),
        ("limit > 1", "a limit is written limit.<name>"),
        ("screen_lock.users.name == 'a'", "write all or exists to look at each"),
        ("host_firewall.backend.length == 1", "is text and has no field `length`"),
        ("@result", "`@` has no meaning here"),
        (".host_firewall.is_active", "is not among the facts"),
        // types
        ("host_firewall.backend", "a condition is true or false, this one is text"),
        ("host_firewall", "a condition is true or false, this one is a record"),
        ("host_firewall.backend && true", "`&&` takes true or false here, not text"),
        ("!host_firewall.backend", "`!` takes true or false here, not text"),
        ("-host_firewall.backend == 1", "`-` takes a whole number here"),
        ("host_firewall.backend < 'b'", "texts have no order here"),
        ("true < false", "true and false have no order"),
        (
            "local_accounts.other_roots == local_accounts.automatic_sign_in",
            "a list cannot be compared",
        ),
        ("host_firewall == host_firewall", "a record cannot be compared"),
        ("host_firewall.backend + 1 == 'a'", "cannot be reckoned"),
        ("'a' - 'b' == 'c'", "cannot be reckoned"),
        ("1 in ['a']", "`in` takes a whole number here, not text"),
        ("true in [true]", "`in` looks for a text or a number"),
        (
            "1 in local_accounts.other_roots",
            "`in` takes a list of a whole number here, not a list of text",
        ),
        ("'a' in 'abc'", "`in` takes a list of text here, not text"),
        ("size(1) == 1", "size counts a list or a text"),
        ("size(local_accounts.other_roots, 1) == 1", "`size` takes one value"),
        ("local_accounts.other_roots.size() == 1", "write size(list)"),
        ("string(local_accounts.other_roots) == ''", "string writes one value"),
        ("screen_lock.users.all(u, u.name)", "all and exists takes true or false here"),
        ("all(screen_lock.users, u)", "write list.all(...)"),
        ("screen_lock.users.all(u)", "write list.all(one, what is true of one)"),
        ("host_firewall.backend.all(u, true)", "all and exists look at a list of a fact"),
        // loops
        (
            "screen_lock.users.all(u, screen_lock.users.all(v, true))",
            "one `all` or `exists`, not several",
        ),
        (
            "screen_lock.users.all(u, true) && screen_lock.users.exists(u, true)",
            "one `all` or `exists`, not several",
        ),
        ("screen_lock.users.all(host_firewall, true)", "already the name of something"),
        ("screen_lock.users.all(limit, true)", "already the name of something"),
        ("screen_lock.users.all(u.name, true)", "name each one of the list with one word"),
        ("screen_lock.users.all(1, true)", "name each one of the list with one word"),
        // form
        ("", "there is nothing here"),
        ("  \n ", "there is nothing here"),
        ("(true", "`(` is never closed"),
        ("true)", "`)` closes nothing"),
        ("(true]", "`]` closes nothing"),
        ("'a", "this text is never closed"),
        ("'a\nb' == 'a'", "a text ends on the line it began"),
        ("true &&", "it stops too early"),
        ("true true", "cannot be read"),
        ("true & false", "cannot be read"),
        ("host_firewall.is_active = true", "cannot be read"),
        ("!!!true", "more than 2 signs in a row"),
        ("ö == 1", "`ö` has no meaning here"),
    ];
    for (text, wanted) in cases {
        let refusal = world.refusal(text);
        assert!(refusal.contains(wanted), "{text}\n  said: {refusal}\n  not:  {wanted}");
    }
}

#[test]
fn a_refusal_points_at_its_place() {
    let world = World::new();
    let text = "host_firewall.is_active &&\n  host_firewall.refuses_inbond";
    let error = world.compile(text).unwrap_err();
    assert!(text.get(error.at..).unwrap().contains("refuses_inbond"), "{error:?}");
}

#[test]
fn a_wording_is_a_text_and_knows_no_more_than_it_must() {
    let world = World::new();
    let refuse = |text: &str| {
        let mut wording = Wording::default();
        wording.add(text, &world.names()).unwrap_err().message
    };
    assert!(refuse("1 + 1").contains("write string(...)"));
    assert!(
        refuse("screen_lock.users.map(u, u).join(', ')").contains("map takes one value of each")
    );
    assert!(
        refuse("screen_lock.users.map(u, screen_lock.users.map(v, v.name).join('')).join('')")
            .contains("a loop in a loop")
    );
    assert!(
        refuse("local_accounts.other_roots.join(host_firewall.backend)")
            .contains("join takes the text between")
    );
    assert!(refuse("true ? 'a' : 1").contains("`:` takes text here"));
}
