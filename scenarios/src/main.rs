//! sleepable
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let source = scenarios::diag::Source::new(path.clone(), std::fs::read_to_string(&path).unwrap());
    let (s, d) = scenarios::file::parse(&source);
    for d in &d {
        print!("{}", scenarios::diag::render::render(d, Default::default()));
    }
    if let Some(s) = s
        && d.is_empty()
    {
        println!("{}", scenarios::file::to_toml(&s));
    }
}
