use crate::Fault;

/// The document that belongs to an invoice.
#[derive(Clone)]
pub struct Pdf {
    /// From the invoice's number, safe as a file name.
    pub file_name: String,
    pub content: Vec<u8>,
}

impl Pdf {
    pub(crate) const LARGEST: usize = 25 * 1024 * 1024;

    /// `number` is the invoice's, whatever characters it has.
    pub(crate) fn read(number: &str, content: Vec<u8>) -> Result<Self, Fault> {
        if !content.starts_with(b"%PDF") {
            return Err(Fault::NotAPdf);
        }
        let safe: String = number
            .chars()
            .map(|character| match character {
                '-' | '_' | '.' => character,
                character if character.is_alphanumeric() => character,
                _ => '-',
            })
            .take(100)
            .collect();
        let stem = match safe.trim_start_matches('.') {
            "" => "invoice",
            stem => stem,
        };
        Ok(Self {
            file_name: format!("{stem}.pdf"),
            content,
        })
    }
}

impl std::fmt::Debug for Pdf {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Pdf")
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}
