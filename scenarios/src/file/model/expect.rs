//! What a scenario expects. Every entry may be limited to some kernels; what is not mentioned is not judged, except
//! findings (none are expected unless named), load verdicts (`accept` unless the program says otherwise) and tasks that
//! never end.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::program::none_given;
use super::task::is_false;
use crate::file::data::Data;
use crate::file::flex::{Expect, OneOrMany};
use crate::file::scalar::{Count, Dur, Kernel, Ret};
use crate::file::span::Sp;

/// All expectations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expectations {
    /// Codes of the findings that must appear, e.g. `["F0001"]`; any other finding is a failure.
    #[serde(skip_serializing_if = "none_given")]
    pub findings: OneOrMany<Sp<FindingExpect>>,
    /// Findings in more detail, or on some kernels only.
    #[serde(rename = "finding", skip_serializing_if = "Vec::is_empty")]
    pub some_findings: Vec<Sp<SomeFinding>>,
    /// Virtual time at the end of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Sp<Expect<Dur>>>,
    /// The complete output of `bpf_printk`, line by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printk: Option<Sp<Vec<Sp<String>>>>,
    /// Things that happen in this order, others may happen between: a mark (`"app.opened"`), `"enter reader"`,
    /// `"exit reader"` (programs), or `"event NAME"`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Sp<String>>,
    /// Values of objects' global variables at the end.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub globals: BTreeMap<String, Sp<Data>>,
    /// The same for some kernels only.
    #[serde(rename = "global", skip_serializing_if = "Vec::is_empty")]
    pub some_globals: Vec<Sp<GlobalExpect>>,
    /// About programs.
    #[serde(rename = "program", skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<Sp<ProgramExpect>>,
    /// About tasks.
    #[serde(rename = "task", skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Sp<TaskExpect>>,
    /// About maps.
    #[serde(rename = "map", skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<Sp<MapExpect>>,
    /// About events.
    #[serde(rename = "event", skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Sp<EventExpect>>,
}

/// A finding by its code.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingExpect(pub String);

impl crate::file::scalar::FromScalar for FindingExpect {
    const WANTED: &'static str = "the code of a finding such as \"F0001\"";
    fn from_scalar(scalar: crate::file::scalar::Scalar) -> Result<FindingExpect, String> {
        match scalar {
            crate::file::scalar::Scalar::Text(code) if crate::diag::catalogue::is_finding(&code) => {
                Ok(FindingExpect(code))
            }
            crate::file::scalar::Scalar::Text(code) => {
                Err(format!("E0008: no finding has the code `{code}`"))
            }
            crate::file::scalar::Scalar::Int(v) => {
                Err(format!("E0006: expected the code of a finding, found {v}"))
            }
        }
    }
    fn to_scalar(&self) -> crate::file::scalar::Scalar {
        crate::file::scalar::Scalar::Text(self.0.clone())
    }
    fn schema() -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^F[0-9]{4}$" })
    }
}

use crate::file::scalar::scalar_serde;
scalar_serde!(FindingExpect);

/// What is expected of findings of one code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SomeFinding {
    pub code: Sp<FindingExpect>,
    /// Only on these kernels.
    #[serde(default, skip_serializing_if = "none_given")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    /// Words in its message or notes, all of them in one finding.
    #[serde(default, skip_serializing_if = "none_given")]
    pub says: OneOrMany<Sp<String>>,
    /// How many say so (at least one when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Sp<Expect<Count>>>,
}

/// What is expected of one program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramExpect {
    pub name: Sp<String>,
    /// Only on these kernels.
    #[serde(default, skip_serializing_if = "none_given")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    /// How often it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Sp<Expect<Count>>>,
    /// How often it was skipped because it was already running on that CPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Sp<Expect<Count>>>,
    /// What it returned: one for every run, or a list with one per run.
    #[serde(default, skip_serializing_if = "none_given")]
    pub returns: OneOrMany<Sp<Expect<Ret>>>,
    /// How often it slept, over all runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sleeps: Option<Sp<Expect<Count>>>,
    /// How long it was blocked, over all runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Sp<Expect<Dur>>>,
    /// Minor faults it took, over all runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor_faults: Option<Sp<Expect<Count>>>,
    /// Major faults it took, over all runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major_faults: Option<Sp<Expect<Count>>>,
}

/// What is expected of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskExpect {
    pub name: Sp<String>,
    /// Only on these kernels.
    #[serde(default, skip_serializing_if = "none_given")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor_faults: Option<Sp<Expect<Count>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub major_faults: Option<Sp<Expect<Count>>>,
    /// How long it was blocked in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Sp<Expect<Dur>>>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Sp<Expect<Dur>>>,
    /// It is still waiting when the run ends.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stuck: bool,
}

/// What is expected of one map at the end; a ring buffer's records in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapExpect {
    pub name: Sp<String>,
    /// Only on these kernels.
    #[serde(default, skip_serializing_if = "none_given")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    /// Number of elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub len: Option<Sp<Expect<Count>>>,
    /// Elements that must be there with these values; others may be there too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Sp<EntryExpect>>,
    /// All records of a ring buffer, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Sp<Vec<Sp<Data>>>>,
}

/// What is expected of one global variable at the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalExpect {
    /// The variable; `object.bpf.o:name` when two objects share a name.
    pub name: Sp<String>,
    /// Only on these kernels.
    #[serde(default, skip_serializing_if = "none_given")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    pub value: Sp<Data>,
}

/// What is expected of one element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryExpect {
    pub key: Sp<Data>,
    /// Its value, from `offset`; shorter than the value leaves the rest unjudged when `offset` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Sp<Data>>,
    /// Where in the value the comparison begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Sp<u32>>,
    /// There is no such element.
    #[serde(default, skip_serializing_if = "is_false")]
    pub absent: bool,
    /// For per-CPU maps: the CPU whose value is judged; the sum is not built, every CPU is judged when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Sp<u32>>,
}

/// How often an event with these fields happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventExpect {
    /// Name of the event as in the JSON trace, e.g. `page_fault_end`.
    pub name: Sp<String>,
    /// Only on these kernels.
    #[serde(default, skip_serializing_if = "none_given")]
    pub kernel: OneOrMany<Sp<Kernel>>,
    /// Fields it has, as they print in the text trace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Sp<super::program::Param>>,
    /// In this task only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Sp<String>>,
    /// How often (at least once when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Sp<Expect<Count>>>,
}
