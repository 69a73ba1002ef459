//! Tables as files hold them: encoding, dialect, header row, and every cell as the text that stands there.
