//! Which encoding a text file is written in, and its decoding piece by piece.

use std::io;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::source::Seekable;

const CHUNK: usize = 64 * 1024;
/// So much of what is not plain ASCII goes to the detector; more changes no verdict.
const TELLING: usize = 1024 * 1024;

/// An encoding with what speaks for it, in words.
pub(super) struct FoundEncoding {
    pub(super) encoding: &'static Encoding,
    pub(super) evidence: String,
}

/// Looks through the whole file, since the first letter beyond ASCII may stand on its last line.
pub(super) fn detect(input: &mut dyn Seekable) -> io::Result<FoundEncoding> {
    let mut start = [0; 4096];
    let filled = read_full(input, &mut start)?;
    let start = &start[..filled];
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Ok(FoundEncoding {
            encoding,
            evidence: format!(
                "The file begins with the byte order mark of {}.",
                encoding.name()
            ),
        });
    }
    if let Some(encoding) = utf16_without_mark(start) {
        return Ok(FoundEncoding {
            encoding,
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
    }
    Ok(survey.verdict())
}

fn read_full(input: &mut dyn Seekable, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
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
                encoding: UTF_8,
                evidence,
            };
        }
        // By chance, letters of another encoding seldom form one sequence of UTF-8, let alone most of them.
        if self.sequences > self.invalid * 4 {
            let (good, bad) = (self.sequences, self.invalid);
            return FoundEncoding {
                encoding: UTF_8,
                evidence: format!(
                    "{good} letters are well-formed UTF-8; {bad} are not and are marked in their rows."
                ),
            };
        }
        self.detector.feed(&[], true);
        let encoding = self.detector.guess(None, Utf8Detection::Deny);
        FoundEncoding {
            encoding,
            evidence: format!(
                "Not UTF-8; {} fits the letters best. Look at names with accents in the preview.",
                encoding.name()
            ),
        }
    }
}

fn beyond_ascii(text: &str) -> u64 {
    text.chars().filter(|letter| !letter.is_ascii()).count() as u64
}

/// Decodes a source into UTF-8, chunk by chunk. A byte order mark is dropped; what cannot be read becomes U+FFFD.
pub(super) struct Decoding {
    input: Box<dyn Seekable>,
    decoder: Decoder,
    chunk: Vec<u8>,
    held: std::ops::Range<usize>,
    ended: bool,
}

impl Decoding {
    pub(super) fn new(input: Box<dyn Seekable>, encoding: &'static Encoding) -> Decoding {
        Decoding {
            input,
            decoder: encoding.new_decoder_with_bom_removal(),
            chunk: vec![0; CHUNK],
            held: 0..0,
            ended: false,
        }
    }

    /// Appends about `wanted` bytes of text. False at the end of the file.
    pub(super) fn append(&mut self, text: &mut String, wanted: usize) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let goal = text.len() + wanted;
        // UTF-8 needs at most three bytes for one of any other encoding; the decoder wants a little room besides.
        text.reserve(wanted + 4 * 1024);
        while text.len() < goal && !self.ended {
            if self.held.is_empty() {
                let read = read_full(&mut *self.input, &mut self.chunk)?;
                self.held = 0..read;
            }
            let last = self.held.end < self.chunk.len();
            let (result, read, _) =
                self.decoder
                    .decode_to_string(&self.chunk[self.held.clone()], text, last);
            self.held.start += read;
            match result {
                CoderResult::InputEmpty if last => self.ended = true,
                CoderResult::InputEmpty => self.held = 0..0,
                CoderResult::OutputFull => break,
            }
        }
        Ok(true)
    }
}
