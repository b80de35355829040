//! Lanes to a page: title, axis, lanes under their headings, legend.

use super::super::About;
use super::canvas::{Canvas, text_px};
use super::scale::{Scale, short};
use super::story::{self, Lane, Look, Mark, Span, Story};
use crate::result::RunResult;

const MARGIN: f64 = 16.0;
const GUTTER: f64 = 132.0;
const LEFT: f64 = MARGIN + GUTTER;
const MIN_PLOT: f64 = 760.0;
const MAX_PLOT: f64 = 3000.0;
/// One line of a lane, and its bar.
const LINE: f64 = 18.0;
const BAR: f64 = 15.0;
/// A row of signs above a lane.
const MARK_ROW: f64 = 15.0;
const MOST_MARK_ROWS: usize = 3;
const LANE_GAP: f64 = 7.0;
/// Room that a time on the axis needs.
const TIME_PX: f64 = 56.0;
/// Width of a character of the title, on the safe side.
const TITLE_CHAR_PX: f64 = 9.2;

/// The whole picture.
pub(super) fn draw(about: &About<'_>, result: &RunResult) -> String {
    let story = story::tell(result);
    let spans = || story.groups.iter().flat_map(|(_, lanes)| lanes).flat_map(|lane| &lane.spans);
    let marks = story.groups.iter().flat_map(|(_, lanes)| lanes).flat_map(|lane| &lane.marks);
    // What the kernel does in the background (polling, interrupts) is drawn, but takes no room of its own.
    let foreground = spans().filter(|span| !matches!(span.look, Look::Kernel | Look::Interrupt));
    let instants = foreground.flat_map(|span| [span.from_ns, span.to_ns]).chain(marks.map(|mark| mark.at_ns));
    let scale = Scale::new(instants.chain([0, story.end_ns]), LEFT, MIN_PLOT, MAX_PLOT);
    let mut page = Page { canvas: Canvas::default(), width: scale.end() + MARGIN + 12.0, scale, y: MARGIN };
    page.heading(about, result, &story);
    // Lanes first, on a canvas of their own: grid lines run behind them and end where they end.
    let top = page.y;
    let mut lanes = Page { canvas: Canvas::default(), scale: page.scale.clone(), ..page };
    lanes.y = top + 34.0;
    for (heading, group) in &story.groups {
        lanes.group(heading, group);
    }
    page.axis(top, lanes.y);
    let mut whole = Canvas::default();
    lanes.legend(spans().map(|span| span.look).collect());
    let height = lanes.y + MARGIN;
    whole.bar("page", 0.5, 0.5, page.width - 1.0, height - 1.0, "");
    whole.append(page.canvas);
    whole.append(lanes.canvas);
    let label = format!("Timeline of scenario {} on kernel {}", about.name, result.kernel);
    whole.finish(page.width, height, &label)
}

struct Page {
    canvas: Canvas,
    width: f64,
    scale: Scale,
    /// Where the next thing goes.
    y: f64,
}

impl Page {
    fn heading(&mut self, about: &About<'_>, result: &RunResult, story: &Story) {
        let chars = ((self.width - 2.0 * MARGIN) / TITLE_CHAR_PX) as usize;
        for line in wrapped(about.question.unwrap_or(about.name), chars) {
            self.y += 16.0;
            self.canvas.text("h", MARGIN, self.y, &line);
            self.y += 3.0;
        }
        let mut facts = format!(
            "{} · kernel {} · seed {} · {} of virtual time",
            about.name,
            result.kernel,
            result.seed,
            short(story.end_ns)
        );
        if story.left_out > 0 {
            facts += &format!(" · {} lanes left out", story.left_out);
        }
        self.y += 15.0;
        self.canvas.text("s", MARGIN, self.y, &facts);
        self.y += 12.0;
    }

    /// Times above the lanes, the length of wide intervals, and lines down to `bottom`.
    fn axis(&mut self, top: f64, bottom: f64) {
        let (times, lengths) = (top + 10.0, top + 22.0);
        let knots = self.scale.knots().to_vec();
        let mut since: Option<u64> = None;
        for at in ticks(&knots) {
            let (time, x) = knots[at];
            // Close after a time that is written out, the distance to it says more.
            let near = since.filter(|since| time - since < since / 200);
            let label = near.map_or_else(|| short(time), |since| format!("+{}", short(time - since)));
            if near.is_none() {
                since = Some(time);
            }
            self.canvas.line("grid", (x, top + 13.0), (x, bottom));
            self.canvas.text("n m", x, times, &label);
        }
        for pair in knots.windows(2) {
            let [(t0, x0), (t1, x1)] = [pair[0], pair[1]];
            let label = short(t1 - t0);
            let half = text_px(&label) / 2.0 + 3.0;
            if x1 - x0 > 2.0 * half + 16.0 {
                let (middle, y) = ((x0 + x1) / 2.0, lengths - 3.5);
                self.canvas.line("axis", (x0 + 2.0, y), (middle - half, y));
                self.canvas.line("axis", (middle + half, y), (x1 - 2.0, y));
                self.canvas.text("n m", middle, lengths, &label);
            }
        }
    }

    fn group(&mut self, heading: &str, lanes: &[Lane]) {
        self.y += 6.0;
        self.canvas.text("g", MARGIN, self.y + 11.0, heading);
        self.y += 17.0;
        for lane in lanes {
            self.lane(lane);
        }
    }

    fn lane(&mut self, lane: &Lane) {
        let rows = self.marks(&lane.marks);
        let top = self.y + rows as f64 * MARK_ROW;
        let lines = lane.lines();
        let height = lines as f64 * LINE;
        self.canvas.bar("band", LEFT, top - 2.0, self.scale.end() - LEFT, height + 1.0, "");
        self.canvas.text("", MARGIN, top + 11.0, &clipped(&lane.label, GUTTER - 6.0));
        if !lane.note.is_empty() && lines > 1 {
            self.canvas.text("n", MARGIN, top + 24.0, &lane.note);
        }
        for line in 0..lines {
            let mut spans: Vec<&Span> = lane.spans.iter().filter(|span| span.line == line).collect();
            spans.sort_by_key(|span| (span.from_ns, std::cmp::Reverse(span.to_ns)));
            for (at, span) in spans.iter().enumerate() {
                let next = spans.get(at + 1).map_or(self.width - 6.0, |next| self.scale.x(next.from_ns));
                self.span(span, top + line as f64 * LINE, next);
            }
        }
        for mark in &lane.marks {
            let class = if mark.bad { "bad" } else { "mark" };
            self.canvas.pointer(class, self.scale.x(mark.at_ns), top - 2.0, &mark.label);
        }
        self.y = top + height + LANE_GAP;
    }

    /// Labels of signs, each in the first row where it has room. Returns the number of rows.
    fn marks(&mut self, marks: &[Mark]) -> usize {
        let mut rows: Vec<f64> = Vec::new();
        let mut placed: Vec<(usize, f64, &Mark)> = Vec::new();
        for mark in marks {
            let width = text_px(&mark.label) + 8.0;
            let x = (self.scale.x(mark.at_ns) + 7.0).min(self.width - 6.0 - width);
            let row = rows.iter().position(|end| *end <= x).unwrap_or(rows.len());
            if row < MOST_MARK_ROWS {
                rows.resize(rows.len().max(row + 1), 0.0);
                rows[row] = x + width;
                placed.push((row, x, mark));
            }
        }
        let count = rows.len();
        for (row, x, mark) in placed {
            let y = self.y + (count - row) as f64 * MARK_ROW - 4.0;
            self.canvas.text(if mark.bad { "badtext" } else { "s" }, x, y, &mark.label);
        }
        count
    }

    /// A bar with its label inside, behind it, shortened, or not at all: whatever there is room for up to `next`.
    fn span(&mut self, span: &Span, y: f64, next: f64) {
        let (x0, x1) = (self.scale.x(span.from_ns), self.scale.x(span.to_ns));
        let width = (x1 - x0).max(1.5);
        let look = look(span.look);
        self.canvas.bar(&look.class, x0, y, width, BAR, &span.title);
        let (need, baseline) = (text_px(&span.label) + 8.0, y + 11.5);
        let (text, x, inside) = if need <= width {
            (span.label.clone(), x0 + 4.0, true)
        } else if look.talks && need <= next - x0 - width {
            (span.label.clone(), x0 + width + 4.0, false)
        } else if look.talks && width >= 60.0 {
            (clipped(&span.label, width - 8.0), x0 + 4.0, true)
        } else {
            return;
        };
        if inside && look.plate {
            self.canvas.bar("plate", x - 2.0, y + 1.5, text_px(&text) + 2.0, BAR - 3.0, "");
        }
        self.canvas.text(if inside { look.text } else { "" }, x, baseline, &text);
    }

    fn legend(&mut self, mut looks: Vec<Look>) {
        looks.iter_mut().filter(|look| matches!(look, Look::Run(_))).for_each(|look| *look = Look::Run(0));
        looks.sort_unstable();
        looks.dedup();
        self.y += 8.0;
        let mut x = MARGIN;
        for one in looks {
            let (look, words) = (look(one), meaning(one));
            let width = 22.0 + text_px(words) + 14.0;
            if x + width > self.width - MARGIN {
                (x, self.y) = (MARGIN, self.y + 18.0);
            }
            self.canvas.bar(&look.class, x, self.y, 16.0, 11.0, "");
            self.canvas.text("s", x + 22.0, self.y + 9.5, words);
            x += width;
        }
        self.y += 26.0;
        let words = "The wider an interval, the longer: its width grows with the logarithm of its length.";
        self.canvas.text("n", MARGIN, self.y, words);
    }
}

/// Which knots get a time written: first those beside wide intervals, then the others where there is room.
fn ticks(knots: &[(u64, f64)]) -> Vec<usize> {
    let beside = |at: usize| {
        let left = at.checked_sub(1).map_or(f64::MAX, |before| knots[at].1 - knots[before].1);
        let right = knots.get(at + 1).map_or(f64::MAX, |after| after.1 - knots[at].1);
        left.max(right)
    };
    let mut order: Vec<usize> = (0..knots.len()).collect();
    order.sort_by(|a, b| beside(*b).total_cmp(&beside(*a)).then(a.cmp(b)));
    let mut chosen: Vec<usize> = Vec::new();
    for at in order {
        if chosen.iter().all(|other| (knots[*other].1 - knots[at].1).abs() >= TIME_PX) {
            chosen.push(at);
        }
    }
    chosen.sort_unstable();
    chosen
}

/// How a look is drawn.
struct Style {
    class: String,
    /// Class of the text inside.
    text: &'static str,
    /// The text inside lies on a plate, because the bar is hatched.
    plate: bool,
    /// Its label may be shortened or stand behind the bar.
    talks: bool,
}

fn look(look: Look) -> Style {
    let style = |class: &str, text, plate, talks| Style { class: class.to_owned(), text, plate, talks };
    match look {
        Look::Run(colour) => style(&format!("run{}", colour % 6), "on", false, false),
        Look::Kernel => style("kernel", "on", false, false),
        Look::Ready => style("ready", "", false, false),
        Look::Blocked => style("blocked", "", false, true),
        Look::TraceReader => style("trace", "on", false, true),
        Look::RcuReader => style("rcu", "on", false, true),
        Look::Fault => style("fault", "on", false, true),
        Look::TraceGp => style("tracegp", "", true, true),
        Look::RcuGp => style("rcugp", "", true, true),
        Look::Lazy => style("lazy", "", false, true),
        Look::Linked => style("linked", "on", false, true),
        Look::Unlinked => style("unlinked", "", true, true),
        Look::Recycled => style("recycled", "on", false, true),
        Look::Interrupt => style("irq", "", false, false),
    }
}

fn meaning(look: Look) -> &'static str {
    match look {
        Look::Run(_) => "task runs (a colour each)",
        Look::Kernel => "kernel thread runs",
        Look::Ready => "waits for a CPU",
        Look::Blocked => "blocked",
        Look::TraceReader => "sleepable program: Tasks Trace reader",
        Look::RcuReader => "atomic program: RCU reader",
        Look::Fault => "page fault",
        Look::TraceGp => "Tasks Trace grace period",
        Look::RcuGp => "RCU grace period",
        Look::Lazy => "lazy callbacks wait for company",
        Look::Linked => "element in its map",
        Look::Unlinked => "unlinked, not handed out",
        Look::Recycled => "handed out again, another key",
        Look::Interrupt => "interrupt",
    }
}

/// As much of a text as fits, with an ellipsis when some is missing.
fn clipped(text: &str, px: f64) -> String {
    if text_px(text) <= px {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while !kept.is_empty() && text_px(&kept) + text_px("…") > px {
        kept.pop();
    }
    kept.trim_end().to_owned() + "…"
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            *line = format!("{line} {word}");
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
