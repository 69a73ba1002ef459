//! Calibration as a picture.

use std::fmt::Write;

use super::card::{Card, band};

impl Card<'_> {
    /// Confidence against the share right, by twentieths, as a picture.
    pub fn plot(&self) -> String {
        let place = |x: f64, y: f64| (50.0 + x * 400.0, 450.0 - y * 400.0);
        let mut picture = String::from(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 500 500\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"500\" height=\"500\" fill=\"#fff\"/>\n<path d=\"M50 450H450V50\" fill=\"none\" stroke=\"#ccc\"/><path d=\"M50 450V50\" stroke=\"#ccc\"/><path d=\"M50 450L450 50\" stroke=\"#999\" stroke-dasharray=\"4\"/>\n",
        );
        for tenth in 0..=10 {
            let share = f64::from(tenth) / 10.0;
            let ((x, _), (_, y)) = (place(share, 0.0), place(0.0, share));
            let _ = writeln!(
                picture,
                "<text x=\"{x}\" y=\"468\" text-anchor=\"middle\">{share:.1}</text><text x=\"42\" y=\"{}\" text-anchor=\"end\">{share:.1}</text>",
                y + 4.0
            );
        }
        let _ = writeln!(
            picture,
            "<text x=\"250\" y=\"490\" text-anchor=\"middle\">confidence</text><text x=\"14\" y=\"250\" text-anchor=\"middle\" transform=\"rotate(-90 14 250)\">share right</text>"
        );
        for (colour, name, row, outcomes) in [
            ("#1b6ca8", "systems left out", 0, self.outcomes),
            ("#c2571a", "systems held back", 1, self.unseen),
        ] {
            let _ = writeln!(
                picture,
                "<circle cx=\"70\" cy=\"{0}\" r=\"5\" fill=\"{colour}\" fill-opacity=\"0.7\"/><text x=\"82\" y=\"{1}\">{name}</text>",
                70 + row * 18,
                74 + row * 18
            );
            for step in 10..20 {
                let (low, high) = (
                    step as f32 / 20.0,
                    (step + 1) as f32 / 20.0 + if step == 19 { 0.01 } else { 0.0 },
                );
                let (count, mean, right) = band(outcomes, low, high);
                if count < 10 {
                    continue;
                }
                let (x, y) = place(mean, right);
                let size = 2.0 + (count as f64).log10() * 2.0;
                let _ = writeln!(
                    picture,
                    "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{size:.1}\" fill=\"{colour}\" fill-opacity=\"0.7\"><title>{count} columns</title></circle>"
                );
            }
        }
        picture + "</svg>\n"
    }
}
