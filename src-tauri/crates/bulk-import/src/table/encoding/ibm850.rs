//! Code page 850, which DOS used in Western Europe. The standard of the web, and so its library, leaves it out.

const UPPER_HALF: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
    ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

static LETTERS: std::sync::LazyLock<[char; 128]> = std::sync::LazyLock::new(|| {
    let mut letters = ['\u{fffd}'; 128];
    for (place, letter) in letters.iter_mut().zip(UPPER_HALF.chars()) {
        *place = letter;
    }
    letters
});

/// The letter of a byte.
pub(super) fn letter_of(byte: u8) -> char {
    match byte.checked_sub(128) {
        Some(upper) => LETTERS[usize::from(upper)],
        None => char::from(byte),
    }
}

/// The byte of a letter.
#[cfg(test)]
pub(super) fn byte_of(letter: char) -> Option<u8> {
    (0..=u8::MAX).find(|byte| letter_of(*byte) == letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_letter_of_its_own() {
        assert_eq!(UPPER_HALF.chars().count(), 128);
        for byte in 0..=u8::MAX {
            assert_eq!(byte_of(letter_of(byte)), Some(byte));
        }
    }
}
