//! The search for what must not be left behind: a secret as it is, in UTF-16, in base64 however it was aligned, in
//! percent form and in hexadecimal; in text, files, and what the programs themselves hold.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};

/// A secret under a name that may be printed. Reports say the name and the form, never the secret.
struct Form {
    name: String,
    what: &'static str,
    bytes: Vec<u8>,
}

/// Looks for several secrets at once.
pub struct Search {
    forms: Vec<Form>,
    /// Whether a form begins with these two bytes, so that most places are passed over at once.
    begins: Vec<bool>,
}

/// Names and forms that were found, each once per place.
pub type Found = BTreeSet<String>;

impl Search {
    /// `secrets` are names and texts. Short texts turn up by chance in what is encoded, so there is a least length.
    pub fn of<N: Into<String>, T: AsRef<str>>(secrets: impl IntoIterator<Item = (N, T)>) -> Search {
        let mut forms = Vec::new();
        for (name, text) in secrets {
            let (name, text) = (name.into(), text.as_ref());
            assert!(text.len() >= 12, "{name} is too short to be looked for");
            for (what, bytes) in written(text.as_bytes()) {
                let name = name.clone();
                forms.push(Form { name, what, bytes });
            }
        }
        let mut begins = vec![false; 1 << 16];
        for form in &forms {
            begins[pair(&form.bytes, 0)] = true;
        }
        Search { forms, begins }
    }

    /// What is in these bytes, as `name (form)`.
    pub fn in_bytes(&self, bytes: &[u8]) -> Found {
        let mut found = Found::new();
        let mut at = 0;
        // A plain loop: this runs over hundreds of megabytes, and tests are built without optimisation.
        while at + 1 < bytes.len() {
            if self.begins[pair(bytes, at)] {
                for form in &self.forms {
                    if bytes[at..].starts_with(&form.bytes) {
                        found.insert(format!("{} ({})", form.name, form.what));
                    }
                }
            }
            at += 1;
        }
        found
    }

    /// What is in the files below a folder and in their names, as `path: name (form)`. Also says how many files it read.
    pub fn in_folder(&self, folder: &Path) -> (Found, usize) {
        let mut found = Found::new();
        let mut read = 0;
        for path in files(folder) {
            let mut here = self.in_bytes(path.to_string_lossy().as_bytes());
            match fs::read(&path) {
                Ok(content) => {
                    read += 1;
                    here.extend(self.in_bytes(&content));
                }
                // It went away while we looked.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => panic!("{} cannot be searched: {error}", path.display()),
            }
            found.extend(
                here.into_iter()
                    .map(|what| format!("{}: {what}", path.display())),
            );
        }
        (found, read)
    }
}

fn pair(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])
}

/// The ways in which a text gets written down.
fn written(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let percent = |upper: bool, all: bool| -> Vec<u8> {
        let one = |byte: &u8| match byte {
            b if !all && (b.is_ascii_alphanumeric() || b"-_.~".contains(b)) => {
                char::from(*b).to_string()
            }
            b if upper => format!("%{b:02X}"),
            b => format!("%{b:02x}"),
        };
        text.iter().map(one).collect::<String>().into_bytes()
    };
    let hexadecimal: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        ("plain", text.to_vec()),
        ("UTF-16", text.iter().flat_map(|byte| [*byte, 0]).collect()),
        ("percent form", percent(true, true)),
        ("percent form", percent(false, true)),
        ("percent form", percent(true, false)),
        ("percent form", percent(false, false)),
        ("hexadecimal", hexadecimal.to_uppercase().into_bytes()),
        ("hexadecimal", hexadecimal.into_bytes()),
    ];
    for before in 0..3_usize {
        // With unknown neighbours only the groups that lie wholly within the text are certain.
        let padded: Vec<u8> = std::iter::repeat_n(0, before)
            .chain(text.iter().copied())
            .collect();
        let first = if before == 0 { 0 } else { 3 };
        let whole = padded.len() / 3 * 3;
        for alphabet in [&BASE64_STANDARD, &BASE64_URL_SAFE] {
            let encoded = alphabet.encode(&padded[first..whole]);
            forms.push(("base64", encoded.into_bytes()));
        }
    }
    let mut once = BTreeSet::new();
    forms.retain(|(_, bytes)| once.insert(bytes.clone()));
    forms
}

/// The files below a folder, links not followed. Sockets and pipes hold nothing and are left out.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "rk_test_key/with+signs=";

    fn finds(bytes: impl AsRef<[u8]>) -> Vec<String> {
        let search = Search::of([("key", SECRET)]);
        search.in_bytes(bytes.as_ref()).into_iter().collect()
    }

    #[test]
    fn it_finds_a_secret_in_every_form_among_other_bytes() {
        assert_eq!(finds(format!("before {SECRET} after")), ["key (plain)"]);
        let wide: Vec<u8> = format!("é {SECRET} å")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(finds(wide), ["key (UTF-16)"]);
        for before in ["", "B", "Be", "Bea", "Bearer "] {
            for after in ["", "!", "!!", "!!!"] {
                let text = format!("{before}{SECRET}{after}");
                let encoded = BASE64_STANDARD.encode(&text);
                assert_eq!(finds(format!("<{encoded}>")), ["key (base64)"], "{text}");
                let encoded = BASE64_URL_SAFE.encode(&text);
                assert_eq!(finds(format!("<{encoded}>")), ["key (base64)"], "{text}");
            }
        }
        assert_eq!(
            finds("?key=rk_test_key%2Fwith%2Bsigns%3D&x"),
            ["key (percent form)"]
        );
        assert_eq!(
            finds("?key=rk_test_key%2fwith%2bsigns%3d&x"),
            ["key (percent form)"]
        );
        let every: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(finds(every), ["key (percent form)"]);
        let hexadecimal: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(finds(hexadecimal), ["key (hexadecimal)"]);
    }

    #[test]
    fn it_finds_nothing_where_nothing_is() {
        assert!(finds("").is_empty());
        assert!(finds("r").is_empty());
        assert!(finds(&SECRET[..SECRET.len() - 1]).is_empty());
        assert!(finds(BASE64_STANDARD.encode("rk_test_another/key+of=mine")).is_empty());
    }

    #[test]
    fn it_looks_into_files_however_deep_and_at_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("c.db-wal"), format!("\0\0{SECRET}\0")).unwrap();
        fs::write(folder.path().join("innocent"), "nothing").unwrap();
        let (found, read) = Search::of([("key", SECRET)]).in_folder(folder.path());
        assert_eq!(read, 2);
        let found: Vec<String> = found.into_iter().collect();
        assert!(
            matches!(&found[..], [one] if one.ends_with("c.db-wal: key (plain)")),
            "{found:?}"
        );
        fs::write(folder.path().join("keys-in-file-names"), "").unwrap();
        let by_name = Search::of([("name", "keys-in-file-names")]);
        assert_eq!(by_name.in_folder(folder.path()).0.len(), 1);
    }
}
