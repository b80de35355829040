//! Build configuration of a kernel, as far as it decides what programs may do.
//!
//! The defaults are those of Debian's packages (`data/config.tsv`). Options are named without `CONFIG_`, in either
//! case: `FUNCTION_ERROR_INJECTION` and `function_error_injection` are the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::KernelVersion;
use super::table;

/// Which of a version's Debian kernels: they differ in a few options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `linux-image-amd64`.
    Amd64,
    /// `linux-image-cloud-amd64`: fewer drivers, InfiniBand security hooks.
    CloudAmd64,
}

struct Row {
    option: &'static str,
    amd64: [bool; 4],
    cloud: [bool; 4],
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let on = |columns: &[&str]| std::array::from_fn(|i| columns[i] == "y");
    let rows = table::rows(include_str!("data/config.tsv"), &[9]).into_iter();
    rows.map(|c| Row { option: c[0], amd64: on(&c[1..5]), cloud: on(&c[5..9]) }).collect()
});

/// The option does not appear in `data/config.tsv`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no build option `{0}` is known here")]
pub struct UnknownOption(pub String);

/// Build options and whether each is on (`y` or `m`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelConfig {
    options: BTreeMap<&'static str, bool>,
}

impl KernelConfig {
    /// What Debian ships for this version.
    pub fn debian(version: KernelVersion, flavour: Flavour) -> KernelConfig {
        let value = |row: &Row| match flavour {
            Flavour::Amd64 => row.amd64[version.index()],
            Flavour::CloudAmd64 => row.cloud[version.index()],
        };
        KernelConfig { options: ROWS.iter().map(|row| (row.option, value(row))).collect() }
    }

    /// Turns an option on or off.
    ///
    /// # Errors
    /// [`UnknownOption`] when nothing modelled depends on an option of that name.
    pub fn set(&mut self, name: &str, on: bool) -> Result<(), UnknownOption> {
        let wanted = name.strip_prefix("CONFIG_").unwrap_or(name).to_ascii_uppercase();
        match self.options.get_mut(wanted.as_str()) {
            Some(value) => *value = on,
            None => return Err(UnknownOption(name.to_string())),
        }
        Ok(())
    }

    /// Whether an option is on.
    ///
    /// # Panics
    /// When the option is not in the table: code and tables must name the same options.
    pub fn is_on(&self, name: &str) -> bool {
        *self.options.get(name).unwrap_or_else(|| panic!("config.tsv lacks option {name}"))
    }

    /// Every option and its value, by name.
    pub fn options(&self) -> impl Iterator<Item = (&'static str, bool)> + '_ {
        self.options.iter().map(|(name, on)| (*name, *on))
    }

    /// Evaluates a condition column: space means and, `|` or, `!` not; `-` holds always.
    pub(crate) fn holds(&self, condition: &str) -> bool {
        let literal = |text: &str| match text.strip_prefix('!') {
            Some(name) => !self.is_on(name),
            None => self.is_on(text),
        };
        condition == "-" || condition.split(' ').all(|any| any.split('|').any(literal))
    }

    /// Error injection into functions; also decides which functions sleepable tracing programs may attach to.
    pub fn function_error_injection(&self) -> bool {
        self.is_on("FUNCTION_ERROR_INJECTION")
    }

    /// LSM programs exist.
    pub fn bpf_lsm(&self) -> bool {
        self.is_on("BPF_LSM")
    }

    /// The default `lsm=` list names bpf, so hooks really call attached programs.
    pub fn lsm_list_has_bpf(&self) -> bool {
        self.is_on("LSM_LIST_HAS_BPF")
    }

    /// RCU readers may be preempted.
    pub fn preempt_rcu(&self) -> bool {
        self.is_on("PREEMPT_RCU")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_facts_that_decide_what_a_booted_kernel_shows() {
        for version in KernelVersion::ALL {
            let config = KernelConfig::debian(version, Flavour::Amd64);
            assert!(!config.function_error_injection() && config.bpf_lsm());
            assert_eq!(config.lsm_list_has_bpf(), version != KernelVersion::V5_10);
            assert_eq!(config.preempt_rcu(), version != KernelVersion::V5_10);
        }
    }

    #[test]
    fn switches_by_name_and_conditions() {
        let mut config = KernelConfig::debian(KernelVersion::V6_12, Flavour::Amd64);
        assert_eq!(config.set("no_such", true), Err(UnknownOption("no_such".into())));
        assert!(!config.holds("FUNCTION_ERROR_INJECTION SMP"));
        config.set("CONFIG_FUNCTION_ERROR_INJECTION", true).unwrap();
        assert!(config.holds("FUNCTION_ERROR_INJECTION SMP") && config.holds("FAILSLAB|SMP"));
        assert!(!config.holds("!SMP") && config.holds("-"));
    }
}
