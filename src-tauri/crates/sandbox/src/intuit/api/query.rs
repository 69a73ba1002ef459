//! QuickBooks' query language, as far as it goes: one entity, conditions joined by AND, order, a window.

/// The code, what is wrong, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) code: &'static str,
    pub(super) detail: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) count: bool,
    pub(super) entity: String,
    pub(super) conditions: Vec<Condition>,
    /// Fields, and whether downwards.
    pub(super) order: Vec<(String, bool)>,
    pub(super) start: Option<i64>,
    pub(super) most: Option<i64>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) test: Test,
    pub(super) values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Is,
    Less,
    More,
    AtMost,
    AtLeast,
    Like,
    In,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

fn unparsable(detail: impl Into<String>) -> Wrong {
    Wrong {
        code: "4000",
        detail: format!("QueryParserError: {}", detail.into()),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Wrong> {
    const SIGNS: [&str; 9] = ["<=", ">=", "=", "<", ">", "(", ")", ",", "*"];
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (value, length) = quoted(rest)?;
            tokens.push(Token::Text(value));
            rest = &rest[length..];
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || "._-:+".contains(c)))
                .unwrap_or(rest.len());
            if end == 0 {
                return Err(unparsable(format!("Encountered \"{first}\"")));
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// A text in quotes, in which `\'` is a quote; and how long it is as written.
fn quoted(text: &str) -> Result<(String, usize), Wrong> {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\\' if !escaped => escaped = true,
            '\'' if !escaped => return Ok((value, at + 1)),
            _ => {
                if escaped && character != '\'' {
                    value.push('\\');
                }
                value.push(character);
                escaped = false;
            }
        }
    }
    Err(unparsable("Encountered \"<EOF>\" in a text"))
}

struct Parser(std::iter::Peekable<std::vec::IntoIter<Token>>);

impl Parser {
    fn is_word(&mut self, word: &str) -> bool {
        matches!(self.0.peek(), Some(Token::Word(next)) if next.eq_ignore_ascii_case(word))
    }

    /// Takes a keyword where it is next.
    fn takes(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        if is {
            self.0.next();
        }
        is
    }

    fn sign(&mut self, sign: &str) -> Result<(), Wrong> {
        match self.0.next() {
            Some(Token::Sign(next)) if next == sign => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    fn word(&mut self) -> Result<String, Wrong> {
        match self.0.next() {
            Some(Token::Word(word)) => Ok(word),
            other => Err(unexpected(other)),
        }
    }

    fn value(&mut self) -> Result<String, Wrong> {
        match self.0.next() {
            Some(Token::Text(value) | Token::Word(value)) => Ok(value),
            other => Err(unexpected(other)),
        }
    }

    fn number(&mut self) -> Result<i64, Wrong> {
        let word = self.value()?;
        word.parse()
            .map_err(|_| unparsable(format!("Encountered \"{word}\"")))
    }

    fn condition(&mut self) -> Result<Condition, Wrong> {
        let field = self.word()?;
        let test = match self.0.next() {
            Some(Token::Sign("=")) => Test::Is,
            Some(Token::Sign("<")) => Test::Less,
            Some(Token::Sign(">")) => Test::More,
            Some(Token::Sign("<=")) => Test::AtMost,
            Some(Token::Sign(">=")) => Test::AtLeast,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("like") => Test::Like,
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("in") => Test::In,
            other => return Err(unexpected(other)),
        };
        let mut values = Vec::new();
        if test == Test::In {
            self.sign("(")?;
            loop {
                values.push(self.value()?);
                if self.0.next_if_eq(&Token::Sign(",")).is_none() {
                    break;
                }
            }
            self.sign(")")?;
        } else {
            values.push(self.value()?);
        }
        Ok(Condition {
            field,
            test,
            values,
        })
    }
}

fn unexpected(token: Option<Token>) -> Wrong {
    unparsable(match token {
        None => "Encountered \"<EOF>\"".to_owned(),
        Some(Token::Word(text) | Token::Text(text)) => format!("Encountered \"{text}\""),
        Some(Token::Sign(sign)) => format!("Encountered \"{sign}\""),
    })
}

pub(super) fn parse(text: &str) -> Result<Query, Wrong> {
    let mut parser = Parser(tokens(text)?.into_iter().peekable());
    if !parser.takes("select") {
        return Err(unexpected(parser.0.next()));
    }
    let count = parser.takes("count");
    if count {
        parser.sign("(")?;
    }
    parser.sign("*")?;
    if count {
        parser.sign(")")?;
    }
    if !parser.takes("from") {
        return Err(unexpected(parser.0.next()));
    }
    let mut query = Query {
        count,
        entity: parser.word()?,
        conditions: Vec::new(),
        order: Vec::new(),
        start: None,
        most: None,
    };
    if parser.takes("where") {
        query.conditions.push(parser.condition()?);
        while parser.takes("and") {
            query.conditions.push(parser.condition()?);
        }
    }
    // One word in Intuit's grammar, two in its own samples and in what clients send.
    let ordered = parser.takes("orderby");
    if ordered || parser.takes("order") {
        if !ordered && !parser.takes("by") {
            return Err(unexpected(parser.0.next()));
        }
        loop {
            let field = parser.word()?;
            let down = parser.takes("desc");
            if !down {
                parser.takes("asc");
            }
            query.order.push((field, down));
            if parser.0.next_if_eq(&Token::Sign(",")).is_none() {
                break;
            }
        }
    }
    // In either order, each once.
    for _ in 0..2 {
        if query.start.is_none() && parser.takes("startposition") {
            query.start = Some(parser.number()?);
        } else if query.most.is_none() && parser.takes("maxresults") {
            query.most = Some(parser.number()?);
        }
    }
    match parser.0.next() {
        None => Ok(query),
        other => Err(unexpected(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_grammar_is_read_whatever_its_case_and_the_order_of_its_last_clauses() {
        let text = "select * FROM Customer where DisplayName = 'O\\'Neill' AND Balance>=300.00 and Id in ('1', '2') \
                    orderby Id desc, DueDate MAXRESULTS 7 startposition 3";
        let query = parse(text).unwrap();
        assert_eq!(query.conditions[0].values, ["O'Neill"]);
        assert_eq!(query.conditions[1].test, Test::AtLeast);
        assert_eq!(query.conditions[2].values, ["1", "2"]);
        assert_eq!(
            query.order,
            [("Id".into(), true), ("DueDate".into(), false)]
        );
        assert_eq!((query.start, query.most), (Some(3), Some(7)));
        assert!(parse("SELECT count(*) FROM Invoice").unwrap().count);
        let (one, two) = (
            "select * from Invoice orderby Id",
            "select * from Invoice Order By Id",
        );
        assert_eq!(parse(one), parse(two));
    }

    #[test]
    fn what_is_not_in_the_grammar_cannot_be_parsed() {
        for text in [
            "",
            "select Id from Invoice",
            "select * from Invoice where Id = '1' or Id = '2'",
            "select * from Invoice order Id",
            "select * from Invoice where Id != '1'",
            "select * from Invoice where Id = 'open",
            "select * from Invoice maxresults 1 maxresults 2",
            "select * from Invoice group by Id",
            "delete from Invoice",
        ] {
            assert_eq!(parse(text).unwrap_err().code, "4000", "{text}");
        }
    }
}
