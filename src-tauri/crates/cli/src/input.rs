use std::io::Read;

use desk::FailureCode;
use desk::wire::Failure;

/// All of standard input, which is never longer than a few keys.
pub fn standard_input(what: &str) -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(8192)
        .read_to_string(&mut text)
        .map_err(|error| {
            let what = format!("{what} could not be read from standard input.");
            Failure::about(FailureCode::InvalidValue, &what).because(error.to_string())
        })?;
    Ok(text)
}
