//! Amount and currency of a row: what stands beside the number, in a column, or for all rows must agree.

use receivables::{Currency, Field, Money};

use super::DraftValue;
use super::field::Reading;
use super::problem::RowProblemCode;
use crate::values::CurrencyText;

impl Reading<'_> {
    /// Brings amount and currency together: a sign beside the number, a column, a constant must not contradict.
    pub(super) fn settle_money(&mut self) {
        let Some(amount) = self.amount.take() else {
            if let Some(CurrencyText::Ambiguous(codes)) = self.currency {
                self.settle_ambiguous(codes, None);
            }
            return;
        };
        let source = self
            .values
            .get(&Field::Amount)
            .map(|value| (value.source.clone(), value.columns.first().copied()));
        let (text, column) = source.unwrap_or_default();
        if amount.is_negative() {
            self.problem(RowProblemCode::AmountNegative, Field::Amount, column, &text);
        }
        let beside = amount.currency.clone();
        let currency = match (self.currency.take(), beside) {
            (Some(CurrencyText::Known(said)), beside) => {
                if beside
                    .as_ref()
                    .is_some_and(|beside| !stands_for(beside, said))
                {
                    self.problem(
                        RowProblemCode::CurrencyDiffers,
                        Field::Currency,
                        column,
                        &text,
                    );
                    self.clear(Field::Currency);
                    return;
                }
                Some(said)
            }
            (Some(CurrencyText::Ambiguous(codes)), Some(CurrencyText::Known(beside)))
                if codes.contains(&beside.code()) =>
            {
                self.set_currency(beside);
                Some(beside)
            }
            (Some(CurrencyText::Ambiguous(codes)), _) => self.settle_ambiguous(codes, None),
            (None, Some(CurrencyText::Known(beside))) => {
                self.note_currency_beside(&text, column);
                self.set_currency(beside);
                Some(beside)
            }
            (None, Some(CurrencyText::Ambiguous(codes))) => {
                self.note_currency_beside(&text, column);
                self.settle_ambiguous(codes, column)
            }
            (None, None) => None,
        };
        // Without a currency the digits stay as written; what is missing is said elsewhere.
        let Some(currency) = currency else {
            return;
        };
        match Money::parse(&amount.decimal, currency) {
            Ok(money) => {
                if let Some(value) = self.values.get_mut(&Field::Amount) {
                    value.value = Some(money.decimal());
                }
            }
            Err(_) => {
                self.problem(
                    RowProblemCode::AmountTooPrecise,
                    Field::Amount,
                    column,
                    &text,
                );
                self.clear(Field::Amount);
            }
        }
    }

    /// A shared symbol means the currency that stands for all rows, if it can; else the user must say.
    fn settle_ambiguous(&mut self, codes: &[&str], column: Option<usize>) -> Option<Currency> {
        if let Some(constant) = self
            .constant_currency
            .filter(|constant| codes.contains(&constant.code()))
        {
            self.set_currency(constant);
            return Some(constant);
        }
        let kept = self
            .values
            .get(&Field::Currency)
            .map(|value| (value.source.clone(), value.columns.first().copied()));
        let (text, own) = kept.unwrap_or_default();
        self.problem(
            RowProblemCode::CurrencyAmbiguous,
            Field::Currency,
            own.or(column),
            &text,
        );
        None
    }

    fn note_currency_beside(&mut self, text: &str, column: Option<usize>) {
        let beside = DraftValue {
            source: text.to_owned(),
            value: None,
            columns: column.into_iter().collect(),
        };
        self.values.insert(Field::Currency, beside);
    }

    fn set_currency(&mut self, currency: Currency) {
        if let Some(value) = self.values.get_mut(&Field::Currency) {
            value.value = Some(currency.code().to_owned());
        }
    }
}

fn stands_for(text: &CurrencyText, currency: Currency) -> bool {
    match text {
        CurrencyText::Known(known) => *known == currency,
        CurrencyText::Ambiguous(codes) => codes.contains(&currency.code()),
    }
}
