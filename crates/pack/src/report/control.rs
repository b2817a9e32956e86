//! A control: what is asked, what was found, on what that rests, what was excepted, and how it turned.

use super::budget::{Budget, cut, cut_to, text_cost};
use crate::viewer::{
    Content,
    view::{CheckView, ControlView, FactView, VerdictView},
};
use closedset_core::Status;
use closedset_pdf::{Block, Cell, Column, Style, Table, Text};
use std::collections::BTreeMap;

/// The most rows of verdicts, and of documents and the like, of one check or control.
const VERDICTS: usize = 200;
const GIVEN: usize = 100;
/// The most letters of a statement.
const STATEMENT: usize = 4_000;
/// The most facts of a verdict, and the most of a fact that is shown beside it.
const FACTS: usize = 6;
const FIELDS: usize = 6;

/// The control's blocks.
pub(super) fn blocks(
    content: &Content<'_>,
    view: &ControlView<'_>,
    budget: &mut Budget,
) -> Vec<Block> {
    let control = view.control;
    let zone = &content.input.heading.zone;
    let mut blocks = vec![
        Block::Requirement {
            id: cut_to(&control.id, 40),
            title: cut_to(&control.title, 200),
            status: control.status,
        },
        Block::Paragraph(
            Text::strong(format!("{} ", verb(&control.verb)))
                .and(Style::Plain, budget.text(&control.asks)),
        ),
    ];
    if !control.because.is_empty() {
        blocks.push(Block::Paragraph(
            Text::soft("What was found: ")
                .and(Style::Plain, zone.tell(&budget.text(&control.because))),
        ));
    }
    for check in &view.checks {
        check_blocks(check, budget, &mut blocks);
    }
    documents(view, budget, &mut blocks);
    attestations(view, budget, &mut blocks);
    exceptions(view, budget, &mut blocks);
    if view.checks.is_empty() && view.documents.is_empty() && view.attestations.is_empty() {
        blocks.push(Block::Small("No evidence was given for this control.".into()));
    }
    changes(view, budget, &mut blocks);
    blocks
}

/// How strongly it is asked.
fn verb(verb: &str) -> String {
    let mut letters = verb.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    cut_to(format!("{first}{}:", letters.as_str()), 60)
}

fn check_blocks(view: &CheckView<'_>, budget: &mut Budget, blocks: &mut Vec<Block>) {
    let check = view.check;
    blocks.push(Block::Minor(budget.text_of(&check.title, 300)));
    let mut how = Text::default();
    if check.is_own {
        let own =
            "The facility asks this of itself, beyond the framework: it counts for no status. ";
        how = how.and(Style::Plain, own);
    }
    if !check.condition.is_empty() {
        how = how
            .and(Style::Plain, "Passes when ")
            .and(Style::Mono, budget.text(&check.condition))
            .and(Style::Plain, ". ");
    }
    if !check.fresh_for.is_empty() {
        let words = budget.text_of(&check.fresh_for, 200);
        how = how.and(Style::Plain, format!("Evidence counts for {words}. "));
    }
    let (id, version) = (budget.text_of(&check.id, 200), budget.text_of(&check.version, 200));
    let id = format!("Check {id}, version {version}.");
    blocks.push(Block::Small(how.and(Style::Plain, id)));
    if view.is_empty() {
        blocks.push(Block::Small("Nothing was found that this check is about.".into()));
        return;
    }
    let mut table = table(
        "What the check says of each, why, and on what that rests",
        &[("About", 1.7), ("Verdict", 1.05), ("Why", 2.0), ("Evidence", 2.5)],
    );
    let count = budget.fill(&mut table, &view.shown, VERDICTS, row);
    blocks.push(Block::Table(table));
    let mut more = view.more + view.shown.len() - count;
    more += folded(view, budget, blocks);
    if more > 0 {
        blocks.push(Block::Small(format!("{more} more stand in verdicts.json.").into()));
    }
}

fn row(view: &VerdictView<'_>) -> Vec<Cell> {
    let verdict = view.verdict;
    let id = verdict.subject.to_string();
    let mut about = vec![Text::strong(cut_to(&verdict.subject_name, 200))];
    if verdict.subject_name != verdict.subject.id {
        about.push(Text::soft(cut_to(id, 120)));
    }
    let mut why = vec![Text::from(cut(&view.because))];
    why.extend(view.excepted.as_ref().map(|text| Text::from(cut(text))));
    why.push(Text::soft(format!("so since {}", view.since)));
    let is_pass = verdict.status >= Status::Pass;
    let evidence: Vec<Text> =
        view.facts.iter().take(FACTS).flat_map(|fact| evidence(fact, is_pass)).collect();
    let mut evidence = if evidence.is_empty() {
        vec![Text::soft("No evidence stands behind this answer.")]
    } else {
        evidence
    };
    let more = view.verdict.facts.len().saturating_sub(FACTS);
    if more > 0 {
        evidence.push(Text::soft(format!("{more} more stand in verdicts.json.")));
    }
    vec![Cell::Text(about), Cell::Status(verdict.status), Cell::Text(why), Cell::Text(evidence)]
}

/// A fact: what it is, who said it when, where it stands; what it says, where that is not a pass.
fn evidence(fact: &FactView<'_>, is_pass: bool) -> Vec<Text> {
    let mut read = format!(", read {}", fact.collected_at);
    if let Some(at) = &fact.confirmed_at {
        read += &format!(", confirmed {at}");
    }
    let mut texts = vec![Text::strong(cut_to(&fact.fact.title, 120)).and(Style::Plain, read)];
    if !is_pass && !fact.excerpt.fields.is_empty() {
        let shown: Vec<String> = fact
            .excerpt
            .fields
            .iter()
            .take(FIELDS)
            .map(|(name, value)| format!("{}: {}", cut_to(name, 60), cut_to(value, 160)))
            .collect();
        let more = fact.excerpt.is_cut || fact.excerpt.fields.len() > FIELDS;
        texts.push(Text::from(format!(
            "{}{}",
            shown.join("; "),
            if more { "; \u{2026}" } else { "" }
        )));
    }
    let said = match &fact.fact.left_out {
        Some(why) => Text::soft(format!("Left out: {}. {}, ", cut(why), cut(&fact.said_by))),
        None => Text::soft(format!("{}, ", cut(&fact.said_by))),
    };
    texts.push(
        said.and(Style::Mono, fact.digest.clone())
            .and(Style::Soft, format!(", entry {}", fact.fact.entry)),
    );
    texts
}

/// What passes or does not apply where there is much of it: by reason, each by its name. Says how many could not
/// be named.
fn folded(view: &CheckView<'_>, budget: &mut Budget, blocks: &mut Vec<Block>) -> usize {
    if view.folded.is_empty() {
        return 0;
    }
    let count = view.folded.iter().take(1_000).take_while(|_| budget.takes_row()).count();
    let mut groups: BTreeMap<(Status, &str), Vec<&str>> = BTreeMap::new();
    for verdict in view.folded.iter().take(count) {
        let key = (verdict.verdict.status, verdict.because.as_str());
        groups.entry(key).or_default().push(&verdict.verdict.subject_name);
    }
    let mut table = table(
        "What passes or does not apply, by reason",
        &[("Verdict", 1.05), ("Why", 2.4), ("Which", 3.8)],
    );
    for ((status, because), names) in groups {
        // A name can be long; none is left out, only cut.
        let names: Vec<String> = names.iter().map(|name| cut_to(name, 80)).collect();
        let which = format!("{}: {}", names.len(), names.join(", "));
        let texts = [Text::from(cut(because)), Text::from(which)];
        budget.charge(texts.iter().map(text_cost).sum());
        let [because, which] = texts;
        table.push(vec![Cell::Status(status), because.into(), which.into()]);
    }
    blocks.push(Block::Table(table));
    blocks.push(Block::Small(
        "The evidence behind each of these stands in the pack: index.html opens it, facts.json lists it.".into(),
    ));
    view.folded.len() - count
}

fn documents(view: &ControlView<'_>, budget: &mut Budget, blocks: &mut Vec<Block>) {
    if view.documents.is_empty() {
        return;
    }
    blocks.push(Block::Minor("Documents".to_owned()));
    let mut table = table(
        "Documents given as evidence",
        &[("Document", 2.4), ("In force", 1.9), ("Given", 1.9), ("Digest", 1.4)],
    );
    let count = budget.fill(&mut table, &view.documents, GIVEN, |one| {
        let row = one.document;
        let mut name = vec![
            Text::strong(cut_to(&row.title, 300)),
            Text::soft(format!("{}, {}", cut_to(&row.file_name, 200), one.size)),
        ];
        name.extend(row.left_out.as_ref().map(|why| Text::from(format!("Left out: {}", cut(why)))));
        let by = if row.given_by.is_empty() {
            String::new()
        } else {
            format!(" by {}", cut_to(&row.given_by, 200))
        };
        vec![
            Cell::Text(name),
            one.valid.clone().into(),
            format!("{}{by}", one.given_at).into(),
            Cell::Text(vec![
                Text::mono(one.digest.clone()),
                Text::soft(format!("entry {}", row.entry)),
            ]),
        ]
    });
    blocks.push(Block::Table(table));
    more(view.documents.len() - count, "documents.json", blocks);
}

fn attestations(view: &ControlView<'_>, budget: &mut Budget, blocks: &mut Vec<Block>) {
    if view.attestations.is_empty() {
        return;
    }
    blocks.push(Block::Minor("Signed statements".to_owned()));
    let mut count = 0;
    for one in view.attestations.iter().take(GIVEN) {
        if !budget.takes_row() {
            break;
        }
        count += 1;
        let row = one.attestation;
        match &row.left_out {
            Some(why) => {
                let words = format!("Left out: {}.", budget.text(why));
                blocks.push(Block::Paragraph(words.into()));
            }
            None => blocks.push(Block::Quote(budget.text_of(one.text.trim_end(), STATEMENT))),
        }
        blocks.push(Block::Small(
            Text::strong(cut_to(&row.signed_by, 200))
                .and(Style::Plain, format!(", {}. In force {}. ", one.signed_at, one.valid))
                .and(Style::Mono, one.digest.clone())
                .and(Style::Plain, format!(", entry {}", row.entry)),
        ));
    }
    more(view.attestations.len() - count, "attestations.json", blocks);
}

fn exceptions(view: &ControlView<'_>, budget: &mut Budget, blocks: &mut Vec<Block>) {
    if view.exceptions.is_empty() {
        return;
    }
    blocks.push(Block::Minor("Exceptions".to_owned()));
    let mut table = table(
        "Exceptions: what for, why, what is done instead, by whom",
        &[
            ("Exception", 1.9),
            ("In force", 1.5),
            ("Why, and what is done instead", 2.5),
            ("By", 1.6),
        ],
    );
    let count = budget.fill(&mut table, &view.exceptions, GIVEN, |one| {
        let row = one.row;
        let mut why = vec![Text::from(cut(&row.terms.reason))];
        if !row.terms.measure.is_empty() {
            why.push(Text::strong("Instead: ").and(Style::Plain, cut(&row.terms.measure)));
        }
        if row.terms.covers_unknown {
            why.push("It covers what is unknown as well: no evidence stands behind it.".into());
        }
        let mut by = vec![
            Text::from(format!("asked for by {}", cut_to(&row.asked_by, 200))),
            Text::from(format!("approved {} by {}", one.granted_at, cut_to(&row.approved_by, 200))),
        ];
        if !row.has_second_person {
            by.push("not shown to be two people".into());
        }
        by.push(Text::soft(format!("entry {}", row.entry)));
        vec![
            Cell::Text(vec![Text::strong(one.form), Text::from(cut(&one.about))]),
            one.valid.clone().into(),
            Cell::Text(why),
            Cell::Text(by),
        ]
    });
    blocks.push(Block::Table(table));
    more(view.exceptions.len() - count, "exceptions.json", blocks);
}

fn changes(view: &ControlView<'_>, budget: &mut Budget, blocks: &mut Vec<Block>) {
    if view.changes.is_empty() {
        return;
    }
    blocks.push(Block::Minor("What it was during the period".to_owned()));
    let mut table = table(
        "Verdicts during the period, newest first",
        &[("When", 2.0), ("Verdict", 1.05), ("About", 1.6), ("Why", 2.4)],
    );
    let count = budget.fill(&mut table, &view.changes, GIVEN, |change| {
        let when = match &change.to {
            Some(to) => format!("{} to {to}", change.from),
            None => format!("{}, and still", change.from),
        };
        vec![
            when.into(),
            Cell::Status(change.interval.status),
            cut_to(&change.interval.subject_name, 200).into(),
            cut(&change.because).into(),
        ]
    });
    blocks.push(Block::Table(table));
    let left = view.more_changes + view.changes.len() - count;
    if left > 0 {
        let words = format!("{left} earlier ones stand in verdicts.json.");
        blocks.push(Block::Small(words.into()));
    }
}

fn more(count: usize, list: &str, blocks: &mut Vec<Block>) {
    if count > 0 {
        blocks.push(Block::Small(format!("{count} more stand in {list}.").into()));
    }
}

/// A table without rows.
pub(super) fn table(summary: &str, columns: &[(&str, f32)]) -> Table {
    let column =
        |(title, share): &(&str, f32)| Column { title: (*title).to_owned(), share: *share };
    Table {
        summary: summary.to_owned(),
        columns: columns.iter().map(column).collect(),
        rows: Vec::new(),
    }
}
