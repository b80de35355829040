//! SVG text: the few shapes a page needs, and the style sheet with both colour schemes.
//!
//! Key type: [`Canvas`]. Numbers are printed with one decimal, so the bytes do not depend on the machine.

use std::fmt::Write as _;

/// Pixels that a character of the small font takes, on the safe side: no font is shipped, so widths are estimates.
const CHAR_PX: f64 = 6.3;

/// How wide a label of the small font is.
pub(super) fn text_px(text: &str) -> f64 {
    text.chars().count() as f64 * CHAR_PX
}

/// Colours by name: light and dark. Every text stands on `bg` or on a bar whose colour it contrasts with.
const COLOURS: &[(&str, &str, &str)] = &[
    ("bg", "#ffffff", "#14181d"),
    ("fg", "#1c2128", "#e4e8ee"),
    ("soft", "#57606a", "#9ba6b2"),
    ("grid", "#e4e8ec", "#2b323a"),
    ("band", "#f4f6f8", "#1b2027"),
    ("on", "#ffffff", "#101418"),
    ("t0", "#3565c4", "#7ba4f7"),
    ("t1", "#7a46b8", "#b996f0"),
    ("t2", "#2c7a3f", "#74c585"),
    ("t3", "#96621a", "#d9a95c"),
    ("t4", "#a63a78", "#ea8fc0"),
    ("t5", "#3a7389", "#79b8cf"),
    ("kernel", "#848d97", "#747e89"),
    ("wait", "#e2e6ea", "#303841"),
    ("trace", "#0b7d73", "#4bc7ba"),
    ("rcu", "#b85c00", "#f0a154"),
    ("fault", "#c0394f", "#f1859a"),
    ("linked", "#3565c4", "#7ba4f7"),
    ("bad", "#b3261e", "#ff8a80"),
];

const RULES: &str = "\
text{font:11px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--fg)}
.h{font-size:15px;font-weight:600}.g{font-size:12px;font-weight:600}.s{fill:var(--soft)}.n{font-size:10px;fill:var(--soft)}
.m{text-anchor:middle}.e{text-anchor:end}.on{fill:var(--on)}.badtext{fill:var(--bad);font-weight:600}
.page{fill:var(--bg);stroke:var(--grid)}.band{fill:var(--band)}.grid{stroke:var(--grid)}.axis{stroke:var(--soft);fill:none}
.run0{fill:var(--t0)}.run1{fill:var(--t1)}.run2{fill:var(--t2)}.run3{fill:var(--t3)}.run4{fill:var(--t4)}.run5{fill:var(--t5)}
.kernel{fill:var(--kernel)}.irq{fill:var(--fg)}.ready{fill:none;stroke:var(--soft);stroke-dasharray:2 2}.blocked{fill:var(--wait)}
.lazy{fill:var(--wait);stroke:var(--soft);stroke-dasharray:4 2}
.trace{fill:var(--trace)}.rcu{fill:var(--rcu)}.fault{fill:var(--fault)}.linked,.recycled{fill:var(--linked)}
.recycled{stroke:var(--bad);stroke-width:2}.unlinked{fill:url(#hatch);stroke:var(--linked)}
.tracegp{fill:url(#tracehatch);stroke:var(--trace);stroke-width:1.5}.rcugp{fill:url(#rcuhatch);stroke:var(--rcu);stroke-width:1.5}
.mark{fill:var(--soft)}.bad{fill:var(--bad)}.plate{fill:var(--bg);opacity:.86}";

/// Hatching of bars whose text lies on a plate: id, colour.
const HATCHES: &[(&str, &str)] = &[("hatch", "linked"), ("tracehatch", "trace"), ("rcuhatch", "rcu")];

/// A page under construction.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    body: String,
}

impl Canvas {
    /// Puts another canvas on top.
    pub(super) fn append(&mut self, other: Canvas) {
        self.body.push_str(&other.body);
    }

    /// A rectangle with rounded corners, and what is shown when it is pointed at.
    pub(super) fn bar(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64, title: &str) {
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\""
        );
        match title {
            "" => self.body.push_str("/>\n"),
            _ => {
                let _ = writeln!(self.body, "><title>{}</title></rect>", escape(title));
            }
        }
    }

    /// A line of text that begins, ends or is centred at `x` as its class says.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = writeln!(self.body, "<text{class} x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escape(text));
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = writeln!(self.body, "<path class=\"{class}\" d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\"/>");
    }

    /// A small triangle that points down to (`x`, `y`).
    pub(super) fn pointer(&mut self, class: &str, x: f64, y: f64, title: &str) {
        let (left, right, top) = (x - 4.0, x + 4.0, y - 7.0);
        let path = format!("M{left:.1} {top:.1}H{right:.1}L{x:.1} {y:.1}Z");
        let _ = writeln!(
            self.body,
            "<path class=\"{class}\" d=\"{path}\"><title>{}</title></path>",
            escape(title)
        );
    }

    /// The whole file; `label` is what a screen reader says.
    pub(super) fn finish(self, width: f64, height: f64, label: &str) -> String {
        let scheme = |pick: fn(&(&str, &'static str, &'static str)) -> &'static str| -> String {
            COLOURS.iter().map(|row| format!("--{}:{};", row.0, pick(row))).collect()
        };
        let (light, dark) = (scheme(|row| row.1), scheme(|row| row.2));
        let hatches: String = HATCHES
            .iter()
            .map(|(id, colour)| {
                format!(
                    "<pattern id=\"{id}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
                     patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" style=\"stroke:var(--{colour});\
                     stroke-width:2;opacity:.45\"/></pattern>\n"
                )
            })
            .collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
             viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">\n<style>\n\
             svg{{{light}}}\n@media(prefers-color-scheme:dark){{svg{{{dark}}}}}\n{RULES}\n</style>\n\
             <defs>\n{hatches}</defs>\n{}</svg>\n",
            escape(label),
            self.body
        )
    }
}

/// Text as XML; characters that XML cannot hold become a replacement.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
