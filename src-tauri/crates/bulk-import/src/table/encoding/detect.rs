//! Which encoding a text file is written in, by all of its bytes.

use std::io;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

use super::{CHUNK, TextEncoding, read_full};
use crate::table::source::Seekable;

/// So much of what is not plain ASCII goes to the detector; more changes no verdict.
const TELLING: usize = 1024 * 1024;

/// An encoding with what speaks for it, in words.
pub(in crate::table) struct FoundEncoding {
    pub(in crate::table) encoding: TextEncoding,
    pub(in crate::table) evidence: String,
}

/// Looks through the whole file, since the first letter beyond ASCII may stand on its last line.
pub(in crate::table) fn detect(input: &mut dyn Seekable) -> io::Result<FoundEncoding> {
    let mut start = [0; 4096];
    let filled = read_full(input, &mut start)?;
    let start = &start[..filled];
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Ok(FoundEncoding {
            encoding: TextEncoding::Standard(encoding),
            evidence: format!(
                "The file begins with the byte order mark of {}.",
                encoding.name()
            ),
        });
    }
    if let Some(encoding) = utf16_without_mark(start) {
        return Ok(FoundEncoding {
            encoding: TextEncoding::Standard(encoding),
            evidence: format!(
                "Every second byte is zero, as in {} without a mark.",
                encoding.name()
            ),
        });
    }
    let mut survey = Survey::default();
    survey.look(start);
    let mut chunk = vec![0; CHUNK];
    loop {
        let filled = read_full(input, &mut chunk)?;
        if filled == 0 {
            break;
        }
        survey.look(&chunk[..filled]);
        if survey.is_settled() {
            break;
        }
    }
    Ok(survey.verdict())
}

/// Western text in UTF-16 has a zero in nearly every second place, and no other text has any.
fn utf16_without_mark(start: &[u8]) -> Option<&'static Encoding> {
    let pairs = start.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |offset| {
        start[offset..]
            .iter()
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 10 >= pairs * 7 && even * 20 <= pairs {
        Some(UTF_16LE)
    } else if even * 10 >= pairs * 7 && odd * 20 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// What a pass over the bytes has shown so far.
struct Survey {
    detector: EncodingDetector,
    fed: usize,
    /// The first of what the detector was fed.
    telling: Vec<u8>,
    /// The unfinished sequence at the end of the last chunk.
    tail: Vec<u8>,
    sequences: u64,
    invalid: u64,
}

impl Default for Survey {
    fn default() -> Survey {
        Survey {
            detector: EncodingDetector::new(Iso2022JpDetection::Deny),
            fed: 0,
            telling: Vec::new(),
            tail: Vec::new(),
            sequences: 0,
            invalid: 0,
        }
    }
}

impl Survey {
    fn look(&mut self, chunk: &[u8]) {
        if self.tail.is_empty() && Encoding::ascii_valid_up_to(chunk) == chunk.len() {
            return;
        }
        if self.fed < TELLING {
            self.detector.feed(chunk, false);
            self.telling
                .extend(chunk.iter().take(CHUNK.saturating_sub(self.telling.len())));
            self.fed += chunk.len();
        }
        let mut joined = std::mem::take(&mut self.tail);
        joined.extend_from_slice(chunk);
        let mut rest = joined.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.sequences += beyond_ascii(text);
                    break;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.sequences += beyond_ascii(&String::from_utf8_lossy(good));
                    match error.error_len() {
                        Some(length) => {
                            self.invalid += 1;
                            rest = &bad[length..];
                        }
                        None => {
                            self.tail = bad.to_vec();
                            break;
                        }
                    }
                }
            }
        }
    }

    fn verdict(mut self) -> FoundEncoding {
        self.invalid += u64::from(!self.tail.is_empty());
        if self.invalid == 0 {
            let evidence = match self.sequences {
                0 => "Only plain letters, which nearly all encodings share.".to_owned(),
                1 => "The one letter beyond ASCII is well-formed UTF-8.".to_owned(),
                count => format!("All {count} letters beyond ASCII are well-formed UTF-8."),
            };
            return FoundEncoding {
                encoding: TextEncoding::Standard(UTF_8),
                evidence,
            };
        }
        // By chance, letters of another encoding seldom form one sequence of UTF-8, let alone most of them.
        if self.sequences > self.invalid * 4 {
            let (good, bad) = (self.sequences, self.invalid);
            return FoundEncoding {
                encoding: TextEncoding::Standard(UTF_8),
                evidence: format!(
                    "{good} letters are well-formed UTF-8; {bad} are not and are marked in their rows."
                ),
            };
        }
        self.detector.feed(&[], true);
        let encoding = self.best_of_single_bytes();
        FoundEncoding {
            encoding,
            evidence: format!(
                "Not UTF-8; {} fits the letters best. Look at names with accents in the preview.",
                encoding.name()
            ),
        }
    }

    /// The detector knows the encodings of the web. Older programs of DOS and the Mac write others, in which its choice
    /// puts signs and capitals into the middle of words.
    fn best_of_single_bytes(&self) -> TextEncoding {
        let guess = TextEncoding::Standard(self.detector.guess(None, Utf8Detection::Deny));
        let likely = |encoding: TextEncoding| plausibility(&encoding.decode_all(&self.telling));
        let own = likely(guess);
        let others = [TextEncoding::Ibm850, TextEncoding::Standard(MACINTOSH)];
        let best = others
            .into_iter()
            .map(|other| (likely(other), other))
            .max_by(|one, other| one.0.total_cmp(&other.0));
        match best {
            Some((score, other)) if own < 0.7 && score > 0.9 => other,
            _ => guess,
        }
    }

    /// Whether more bytes can no longer change that it is not UTF-8.
    fn is_settled(&self) -> bool {
        self.invalid > 10_000 && self.sequences < self.invalid && self.fed >= TELLING
    }
}

/// The share of letters beyond ASCII that stand where such letters do: in words of Latin script, small ones anywhere,
/// capitals at the start or among capitals.
fn plausibility(text: &str) -> f64 {
    let (mut good, mut bad) = (0_u32, 0_u32);
    let letters: Vec<char> = text.chars().collect();
    for (index, letter) in letters
        .iter()
        .enumerate()
        .filter(|(_, letter)| !letter.is_ascii())
    {
        let before = index
            .checked_sub(1)
            .map(|before| letters[before])
            .filter(|letter| letter.is_alphabetic());
        let after = letters
            .get(index + 1)
            .copied()
            .filter(|letter| letter.is_alphabetic());
        let fits = if letter.is_alphabetic() {
            let latin = ('\u{c0}'..='\u{24f}').contains(letter);
            let start = before.is_none();
            let among_capitals =
                before.is_some_and(char::is_uppercase) && after.is_none_or(char::is_uppercase);
            latin && (letter.is_lowercase() || start || among_capitals)
        } else {
            let inside = before.is_some() || after.is_some_and(char::is_lowercase);
            if !inside && !letter.is_control() {
                // A currency sign or a space says nothing.
                continue;
            }
            false
        };
        if fits {
            good += 1;
        } else {
            bad += 1;
        }
    }
    match good + bad {
        0 => 1.0,
        all => f64::from(good) / f64::from(all),
    }
}

fn beyond_ascii(text: &str) -> u64 {
    text.chars().filter(|letter| !letter.is_ascii()).count() as u64
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn older_programs_letters_are_known_by_where_they_stand() {
        let text = "Rechnung;Kunde;Betrag\r\n1;M\u{fc}ller & S\u{f6}hne;1.234,50\r\n2;Gr\u{f6}\u{df}e B\u{e4}cker;99,00\r\n";
        let danish = "Faktura;Kunde\r\n1;J\u{f8}rgensen\r\n2;\u{c6}r\u{f8} F\u{e6}rgefart\r\n3;\u{c5}se Bl\u{e5}b\u{e6}r\r\n";
        for text in [text, danish] {
            let dos: Vec<u8> = text
                .chars()
                .map(|letter| super::super::ibm850::byte_of(letter).unwrap())
                .collect();
            let found = detect(&mut Cursor::new(dos)).unwrap();
            assert_eq!(found.encoding.name(), "IBM850", "{text}");
        }
        // What MacRoman has for ü, ö, ß, ä.
        let mac = b"Rechnung;Kunde\r1;M\x9fller & S\x9ahne\r2;Gr\x9a\xa7e B\x8acker\r3;Caf\x8e\r";
        let found = detect(&mut Cursor::new(mac.to_vec())).unwrap();
        assert_eq!(found.encoding.name(), "macintosh");
    }
}
