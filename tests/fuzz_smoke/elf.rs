//! A minimal writer of BPF object files.

pub const STT_NOTYPE: u8 = 0;
pub const STT_FUNC: u8 = 2;

struct Section {
    name: u32,
    kind: u32,
    flags: u64,
    data: Vec<u8>,
    link: u32,
    info: u32,
    entry: u64,
}

/// Sections and symbols in the order they are added; section and symbol 0 are the empty ones.
pub struct ElfWriter {
    sections: Vec<Section>,
    symbols: Vec<u8>,
    strings: Vec<u8>,
}

impl ElfWriter {
    pub fn new() -> ElfWriter {
        let empty = Section { name: 0, kind: 0, flags: 0, data: Vec::new(), link: 0, info: 0, entry: 0 };
        ElfWriter { sections: vec![empty], symbols: vec![0; 24], strings: vec![0] }
    }

    fn string(&mut self, text: &str) -> u32 {
        // The latest name again costs nothing: symbols may share it.
        let wanted = [text.as_bytes(), b"\0"].concat();
        if self.strings.ends_with(&wanted) {
            return (self.strings.len() - wanted.len()) as u32;
        }
        self.strings.extend(&wanted);
        (self.strings.len() - wanted.len()) as u32
    }

    fn section(&mut self, name: &str, kind: u32, flags: u64, data: Vec<u8>) -> usize {
        let name = self.string(name);
        self.sections.push(Section { name, kind, flags, data, link: 0, info: 0, entry: 0 });
        self.sections.len() - 1
    }

    /// Adds code; gives the section's number.
    pub fn code(&mut self, name: &str, data: &[u8]) -> usize {
        self.section(name, 1, 6, data.to_vec())
    }

    pub fn data(&mut self, name: &str, data: &[u8]) -> usize {
        self.section(name, 1, 0, data.to_vec())
    }

    /// Adds a global symbol; gives its number. `section` 0 makes it undefined.
    pub fn symbol(&mut self, name: &str, kind: u8, section: usize, value: u64, size: u64) -> usize {
        let name = self.string(name);
        self.symbols.extend(name.to_le_bytes());
        self.symbols.extend([1 << 4 | kind, 0]);
        self.symbols.extend((section as u16).to_le_bytes());
        self.symbols.extend(value.to_le_bytes());
        self.symbols.extend(size.to_le_bytes());
        self.symbols.len() / 24 - 1
    }

    /// Adds relocations (offset, symbol) of a section.
    pub fn relocations(&mut self, target: usize, entries: impl Iterator<Item = (u64, usize)>) {
        let mut data = Vec::new();
        for (offset, symbol) in entries {
            data.extend(offset.to_le_bytes());
            data.extend(((symbol as u64) << 32 | 10).to_le_bytes());
        }
        let nr = self.section(".rel", 9, 0, data);
        (self.sections[nr].info, self.sections[nr].entry) = (target as u32, 16);
    }

    pub fn finish(mut self) -> Vec<u8> {
        let symbols = std::mem::take(&mut self.symbols);
        let symtab = self.section(".symtab", 2, 0, symbols);
        let strtab = self.section(".strtab", 3, 0, Vec::new());
        self.sections[strtab].data = std::mem::take(&mut self.strings);
        (self.sections[symtab].link, self.sections[symtab].info) = (strtab as u32, 1);
        self.sections[symtab].entry = 24;
        for section in self.sections.iter_mut().filter(|section| section.kind == 9) {
            section.link = symtab as u32;
        }
        let mut file = vec![0; 64];
        let mut headers = Vec::new();
        for section in &self.sections {
            let offset = file.len() as u64;
            file.extend(&section.data);
            headers.extend(section.name.to_le_bytes());
            headers.extend(section.kind.to_le_bytes());
            for word in [section.flags, 0, offset, section.data.len() as u64] {
                headers.extend(word.to_le_bytes());
            }
            headers.extend(section.link.to_le_bytes());
            headers.extend(section.info.to_le_bytes());
            headers.extend(8u64.to_le_bytes());
            headers.extend(section.entry.to_le_bytes());
        }
        let start = file.len() as u64;
        file.extend(headers);
        file[..16].copy_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
        let half = |file: &mut Vec<u8>, at: usize, value: u16| {
            file[at..at + 2].copy_from_slice(&value.to_le_bytes())
        };
        half(&mut file, 16, 1);
        half(&mut file, 18, 247);
        file[20] = 1;
        file[40..48].copy_from_slice(&start.to_le_bytes());
        half(&mut file, 52, 64);
        half(&mut file, 58, 64);
        half(&mut file, 60, self.sections.len() as u16);
        half(&mut file, 62, strtab as u16);
        file
    }
}
