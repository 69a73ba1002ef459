//! The table at the end. A ratio travels between machines, a time does not; so aims are about ratios, and times only say
//! what was divided.

use std::time::Duration;

#[derive(Default)]
pub struct Table {
    lines: Vec<[String; 5]>,
    missed: usize,
}

impl Table {
    /// A heading, with what the lines below it were measured on.
    pub fn part(&mut self, what: &str) {
        self.lines.push([
            what.into(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }

    /// A time against another of the same run; the ratio should be at most `aim`.
    pub fn ratio(&mut self, what: &str, time: Duration, than: (&str, Duration), aim: Option<f64>) {
        let ratio = time.as_secs_f64() / than.1.as_secs_f64();
        let against = format!("{} {}", than.0, shown(than.1));
        self.line(what, shown(time), against, ratio, aim);
    }

    /// The same for sizes in MB.
    pub fn sizes(&mut self, what: &str, size: f64, than: (&str, f64), aim: Option<f64>) {
        let against = format!("{} {:.0} MB", than.0, than.1);
        self.line(what, format!("{size:.0} MB"), against, size / than.1, aim);
    }

    /// The same for what can be counted.
    pub fn counts(&mut self, what: &str, count: usize, than: (&str, usize), aim: Option<f64>) {
        let ratio = count as f64 / than.1 as f64;
        self.line(
            what,
            count.to_string(),
            format!("{} {}", than.0, than.1),
            ratio,
            aim,
        );
    }

    fn line(&mut self, what: &str, figure: String, against: String, ratio: f64, aim: Option<f64>) {
        let verdict = match aim {
            None => String::new(),
            Some(aim) if ratio <= aim => format!("at most {aim}×: met"),
            Some(aim) => {
                self.missed += 1;
                format!("at most {aim}×: MISSED")
            }
        };
        self.lines.push([
            format!("  {what}"),
            figure,
            against,
            format!("{ratio:.2}×"),
            verdict,
        ]);
    }

    pub fn print(&self) {
        let width = |column: usize| {
            let told = self.lines.iter().filter(|line| !line[1].is_empty());
            told.map(|line| line[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        println!();
        for line in &self.lines {
            if line[1].is_empty() {
                println!("{}", line[0]);
                continue;
            }
            println!(
                "{:<a$}  {:>b$}  {:<c$}  {:>d$}  {}",
                line[0],
                line[1],
                line[2],
                line[3],
                line[4],
                a = width(0),
                b = width(1),
                c = width(2),
                d = width(3),
            );
        }
        println!("\n{} aims missed", self.missed);
    }
}

fn shown(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    match milliseconds {
        ..10.0 => format!("{milliseconds:.2} ms"),
        ..1000.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1000.0),
    }
}
