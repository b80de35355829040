//! Pictures of all shipped scenarios: same bytes every time, nothing outside the page, no text on other text, nothing loaded from elsewhere.

use scenarios::diag::Source;
use scenarios::export::{About, Format};
use scenarios::file;
use scenarios::inputs::{self, Origin};
use scenarios::library;
use scenarios::run::{self, Engine, Job};

/// The picture of a shipped scenario on each of its kernels.
fn pictures(name: &str, text: &str) -> Vec<String> {
    let source = Source::new(format!("{name}.toml"), text);
    let (scenario, _) = file::parse(&source);
    let scenario = scenario.expect("parses");
    let (inputs, _) = inputs::read_inputs(&scenario, &source, &Origin::Library);
    let draw = |kernel| {
        let seed = scenario.seed.value.0;
        let job = Job { scenario: &scenario, source: &source, inputs: &inputs, kernel, seed, schedule: None };
        let result = run::engine().run(&job).expect("runs");
        let mut bytes = Vec::new();
        Format::Picture.write(&About::of(&scenario), &result, &mut bytes).expect("memory takes it");
        String::from_utf8(bytes).expect("SVG is text")
    };
    scenario.kernels().into_iter().map(draw).collect()
}

/// A line of text on the page: left, right, baseline, words.
type Line<'a> = (f64, f64, f64, &'a str);

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

fn lines(picture: &str) -> Vec<Line<'_>> {
    let line = |element: &str| -> Option<(f64, f64, f64, usize)> {
        let (tag, rest) = element.split_once('>')?;
        let words = rest.split("</text>").next()?;
        let class = attribute(tag, "class").unwrap_or("");
        // What a sans-serif of 11 px takes on average; headings are larger.
        let per_char = if class == "h" {
            8.2
        } else if class == "g" {
            6.6
        } else {
            5.8
        };
        let width = words.replace("&quot;", "\"").replace("&amp;", "&").chars().count() as f64 * per_char;
        let x: f64 = attribute(tag, "x")?.parse().ok()?;
        let left =
            if class.contains('m') && class.split(' ').any(|c| c == "m") { x - width / 2.0 } else { x };
        Some((left, left + width, attribute(tag, "y")?.parse().ok()?, words.len()))
    };
    picture
        .split("<text")
        .skip(1)
        .filter_map(|element| {
            let (left, right, y, length) = line(element)?;
            let words = &element[element.find('>')? + 1..][..length];
            Some((left, right, y, words))
        })
        .collect()
}

#[test]
fn pictures_are_tidy_and_stand_alone() {
    let mut bars = 0;
    for (name, text) in library::scenarios() {
        for picture in pictures(name, text) {
            assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""), "{name}");
            assert_eq!(picture.matches("http").count(), 1, "{name} loads something");
            assert!(picture.contains("prefers-color-scheme:dark"), "{name} has no dark colours");
            let size = |key| attribute(&picture, key).and_then(|v| v.parse::<f64>().ok()).expect("a size");
            let (width, height) = (size("width"), size("height"));
            let lines = lines(&picture);
            for (at, (left, right, y, words)) in lines.iter().enumerate() {
                assert!(*left >= 0.0 && *right <= width && *y <= height, "{name}: `{words}` is outside");
                for (left2, right2, y2, words2) in &lines[at + 1..] {
                    let apart = right <= left2 || right2 <= left || (y - y2).abs() >= 9.0;
                    assert!(apart, "{name}: `{words}` lies on `{words2}`");
                }
            }
            bars += picture.matches("<rect class=\"trace\"").count();
        }
    }
    assert!(bars > 20, "hardly any reader section was drawn: {bars}");
}

#[test]
fn a_run_has_one_picture() {
    let (name, text) = library::scenarios().find(|(name, _)| *name == "value-recycled").expect("shipped");
    let (once, again) = (pictures(name, text), pictures(name, text));
    assert!(once == again, "two runs, two pictures");
    for picture in once {
        for part in [
            "deleted, was key 1",
            "hold_preallocated still holds it",
            "class=\"recycled\"",
            "page fault: swap_disk",
        ] {
            assert!(picture.contains(part), "{part} is not in the picture");
        }
    }
}

/// The page about grace periods shows what the tool draws: `UPDATE=1` draws it anew.
#[test]
fn the_picture_in_the_docs_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/grace-periods.svg");
    let (name, text) = library::scenarios().find(|(name, _)| *name == "grace-periods").expect("shipped");
    let kernels = file::parse(&Source::new("grace-periods.toml", text)).0.expect("parses").kernels();
    let at = kernels.iter().position(|kernel| kernel.name() == "6.12").expect("runs on 6.12");
    let drawn = pictures(name, text).remove(at);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &drawn).expect("writable");
    }
    let shown = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    assert!(shown == drawn, "docs/grace-periods.svg is stale: run the tests with UPDATE=1");
}

/// The page lists every lesson about maps and grace periods, with the question it asks.
#[test]
fn the_page_about_grace_periods_names_only_lessons_that_exist() {
    let page = include_str!("../../docs/grace-periods.md");
    let names: Vec<&str> = library::scenarios().map(|(name, _)| name).collect();
    let (_, lessons) = page.split_once("## Lessons").expect("a heading");
    let rows: Vec<&str> = lessons.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() >= 8, "{rows:?}");
    for row in rows {
        let name = row.split('`').nth(1).expect("a name");
        assert!(names.contains(&name), "{name} is not shipped");
    }
    for (at, _) in page.match_indices("lib:") {
        let name: String = page[at + 4..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
        assert!(name == "NAME" || names.contains(&name.as_str()), "lib:{name} is not shipped");
    }
}
