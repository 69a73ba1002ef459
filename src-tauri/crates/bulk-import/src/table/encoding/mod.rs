//! Encodings of text files, and their decoding piece by piece.

mod detect;
mod ibm850;

use std::io;

use encoding_rs::{CoderResult, Decoder, Encoding};

use super::source::Seekable;

pub(super) use detect::detect;

const CHUNK: usize = 64 * 1024;

/// An encoding of the web, or the one of DOS in which older accounting programs still export.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TextEncoding {
    Standard(&'static Encoding),
    Ibm850,
}

impl TextEncoding {
    /// Reads a name such as `windows-1252`, `latin1`, `cp850`.
    pub(super) fn named(label: &str) -> Option<TextEncoding> {
        if ["ibm850", "cp850", "850"].contains(&label.trim().to_ascii_lowercase().as_str()) {
            return Some(TextEncoding::Ibm850);
        }
        Encoding::for_label(label.as_bytes()).map(TextEncoding::Standard)
    }

    /// The usual name.
    pub(super) fn name(self) -> &'static str {
        match self {
            TextEncoding::Standard(encoding) => encoding.name(),
            TextEncoding::Ibm850 => "IBM850",
        }
    }

    fn decode_all(self, bytes: &[u8]) -> String {
        match self {
            TextEncoding::Standard(encoding) => {
                encoding.decode_without_bom_handling(bytes).0.into_owned()
            }
            TextEncoding::Ibm850 => bytes.iter().map(|byte| ibm850::letter_of(*byte)).collect(),
        }
    }
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

/// Decodes a source into UTF-8, chunk by chunk. A byte order mark is dropped; what cannot be read becomes U+FFFD.
pub(super) struct Decoding {
    input: Box<dyn Seekable>,
    /// Nothing for the encoding that is one table of letters.
    decoder: Option<Decoder>,
    chunk: Vec<u8>,
    held: std::ops::Range<usize>,
    ended: bool,
}

impl Decoding {
    pub(super) fn new(input: Box<dyn Seekable>, encoding: TextEncoding) -> Decoding {
        let decoder = match encoding {
            TextEncoding::Standard(encoding) => Some(encoding.new_decoder_with_bom_removal()),
            TextEncoding::Ibm850 => None,
        };
        Decoding {
            input,
            decoder,
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
        // The decoder wants a little room besides.
        text.reserve(wanted + 4 * 1024);
        while text.len() < goal && !self.ended {
            if self.held.is_empty() {
                let read = read_full(&mut *self.input, &mut self.chunk)?;
                self.held = 0..read;
            }
            let last = self.held.end < self.chunk.len();
            let bytes = &self.chunk[self.held.clone()];
            let Some(decoder) = &mut self.decoder else {
                text.extend(bytes.iter().map(|byte| ibm850::letter_of(*byte)));
                self.held = 0..0;
                self.ended = last;
                continue;
            };
            let (result, read, _) = decoder.decode_to_string(bytes, text, last);
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
