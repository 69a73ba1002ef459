//! Whom the invoices are for, asked for with as few requests as will do: the whole list where it is shorter than the walk,
//! else by lists of ids.

use std::collections::{HashMap, HashSet};

use serde_json::value::RawValue;

use super::dto::{CustomerDto, InvoiceDto, some};
use super::invoice::Parties;
use super::query::{PAGE, is_id};
use super::{QuickBooks, customer_of};
use crate::Fault;

/// Jobs of jobs end here.
const DEEPEST: usize = 5;

/// The customers that are known already.
#[derive(Default)]
pub(super) struct Customers {
    known: HashMap<String, CustomerDto>,
    /// Asked for and not there.
    gone: HashSet<String>,
}

impl Customers {
    /// Gives its id.
    pub(super) fn add(&mut self, raw: &RawValue) -> Option<String> {
        let customer: CustomerDto = serde_json::from_str(raw.get()).ok()?;
        let id = some(customer.id.as_deref())?.to_owned();
        self.known.insert(id.clone(), customer);
        Some(id)
    }

    fn is_new(&self, id: &str) -> bool {
        is_id(id) && !self.known.contains_key(id) && !self.gone.contains(id)
    }

    /// The customer of an invoice, and the one above it to whom it is billed.
    pub(super) fn parties(&self, invoice: &InvoiceDto) -> Parties<'_> {
        let customer = customer_of(invoice).and_then(|id| self.known.get(id));
        let mut billed = customer;
        for _ in 0..DEEPEST {
            let above = billed.and_then(|below| self.known.get(below.billed_with()?));
            if above.is_none() {
                break;
            }
            billed = above;
        }
        Parties { customer, billed }
    }
}

impl QuickBooks {
    /// Every customer of the company, inactive ones too, which QuickBooks leaves out unless told otherwise.
    pub(super) async fn learn_all(
        &self,
        customers: &mut Customers,
        count: usize,
    ) -> Result<(), Fault> {
        let mut start = 1;
        while start <= count {
            let statement = format!(
                "select * from Customer where Active IN (true,false) ORDERBY Id STARTPOSITION {start} MAXRESULTS {PAGE}"
            );
            let found = self.query(statement).await?.customer;
            if found.is_empty() {
                break;
            }
            start += found.len();
            for raw in &found {
                customers.add(raw);
            }
        }
        Ok(())
    }

    /// The customers with these ids that are not known yet, and those above them that are billed instead.
    pub(super) async fn learn<'a>(
        &self,
        customers: &mut Customers,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Fault> {
        let mut wanted: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        for _ in 0..=DEEPEST {
            wanted.sort_unstable();
            wanted.dedup();
            wanted.retain(|id| customers.is_new(id));
            if wanted.is_empty() {
                break;
            }
            for raw in self.rows_by_id("Customer", &wanted).await? {
                customers.add(&raw);
            }
            let gone = wanted
                .iter()
                .filter(|id| !customers.known.contains_key(*id));
            customers.gone.extend(gone.cloned());
            wanted = wanted
                .iter()
                .filter_map(|id| customers.known.get(id)?.billed_with())
                .map(str::to_owned)
                .collect();
        }
        Ok(())
    }
}
