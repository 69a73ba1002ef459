//! Addresses against the truth that only the sandbox knows.

use std::collections::BTreeMap;

use receivables::{Country, Field, Invoice};
use sandbox::{AddressTruth, Company, Layout};

use crate::rig::{Rig, ever, walk};

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    right: usize,
    /// Right but for a country that nobody wrote, which is taken to be the company's own.
    at_home: usize,
    blank: usize,
    wrong: usize,
}

impl Score {
    fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Right => self.right += 1,
            Verdict::AtHome => self.at_home += 1,
            Verdict::Blank => self.blank += 1,
            Verdict::Wrong(_) => self.wrong += 1,
        }
    }

    fn total(self) -> usize {
        self.right + self.at_home + self.blank + self.wrong
    }
}

/// Of a whole address: right where all that is true is there, wrong where anything is there that is not true.
#[derive(Debug, Clone)]
enum Verdict {
    Right,
    AtHome,
    Blank,
    Wrong(String),
}

fn judge(invoice: &Invoice, truth: &AddressTruth) -> Verdict {
    let street: Vec<&str> = [&truth.line1, &truth.line2]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let street = Some(street.join(", ")).filter(|street| !street.is_empty());
    let same = |field, ours: &str, theirs: &str| {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        plain(ours) == plain(theirs)
            || (field == Field::DebtorCountry
                && Country::read(ours).is_some_and(|ours| Some(ours) == Country::read(theirs)))
    };
    let mut verdict = Verdict::Right;
    for (field, true_value) in [
        (Field::DebtorAddress, &street),
        (Field::DebtorCity, &truth.city),
        (Field::DebtorZip, &truth.postal_code),
        (Field::DebtorState, &truth.state),
        (Field::DebtorCountry, &truth.country),
    ] {
        match (invoice.facts.value(field), true_value.as_deref()) {
            (Some(ours), Some(theirs)) if same(field, ours, theirs) => {}
            (None, None) => {}
            (None, Some(_)) => verdict = Verdict::Blank,
            // QuickBooks leaves out the company's own country, so nothing can be told from this; the town is Danish.
            (Some("DK"), None) if field == Field::DebtorCountry && is_danish(truth) => {
                if matches!(verdict, Verdict::Right) {
                    verdict = Verdict::AtHome;
                }
            }
            (Some(ours), theirs) => {
                return Verdict::Wrong(format!(
                    "{field:?} {ours:?} for {theirs:?} of {}",
                    truth.invoice
                ));
            }
        }
    }
    verdict
}

fn is_danish(truth: &AddressTruth) -> bool {
    const TOWNS: [&str; 6] = [
        "København",
        "Aarhus",
        "Odense",
        "Aalborg",
        "Esbjerg",
        "Roskilde",
    ];
    truth
        .city
        .iter()
        .any(|city| TOWNS.iter().any(|town| city.starts_with(town)))
}

#[tokio::test]
async fn addresses_are_right_or_left_to_the_user() {
    for company in [Company::Awkward, Company::Demo, Company::Large(4_000)] {
        let rig = Rig::of(company).await;
        let (pages, end) = walk(&rig.books, ever(), None).await;
        end.unwrap();
        let truths = rig.sandbox.quickbooks_addresses(&rig.realm);
        let truths: BTreeMap<&str, &AddressTruth> = truths
            .iter()
            .map(|truth| (truth.invoice.as_str(), truth))
            .collect();
        let (mut all, mut read) = (Score::default(), Score::default());
        let mut examples = Vec::new();
        for fetched in pages.iter().flat_map(|page| &page.fetched) {
            let invoice = &fetched.invoice;
            let truth = truths[invoice.id.id.as_str()];
            let verdict = judge(invoice, truth);
            all.add(verdict.clone());
            if truth.on_customer != Layout::Structured && truth.on_invoice == Layout::Lines
                || truth.on_customer == Layout::Lines && truth.on_invoice != Layout::Structured
            {
                read.add(verdict.clone());
            }
            if let Verdict::Wrong(what) = verdict {
                examples.push(what);
            }
        }
        println!(
            "{company:?}: of all {}: {all:?}; of those only in lines {}: {read:?}",
            all.total(),
            read.total()
        );
        assert!(read.total() > 30, "too few are in lines to say anything");
        assert!(
            all.wrong * 100 < all.total(),
            "1 % or more are wrong: {examples:#?}"
        );
        assert!(
            read.wrong * 100 < read.total(),
            "1 % or more of those read are wrong: {examples:#?}"
        );
        assert!(
            read.right * 2 > read.total(),
            "reading that reads little is of no use: {read:?}"
        );
    }
}
