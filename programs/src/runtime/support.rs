//! Which helpers, kfuncs and map types have a body: the part of the support list that this crate knows.
//! Neighbours: `profile::support` joins it with the facts; `hooks` knows program types and hooks.

use maps::create::modelled_types;

use crate::profile::Profile;
use crate::profile::support::{Bodies, Subject};
use crate::{helpers, kfuncs};

/// What the runtime executes. Program types and hooks are the hooks' to answer: false here.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuntimeBodies;

impl Bodies for RuntimeBodies {
    fn executes(&self, _profile: &Profile, subject: Subject, name: &str) -> bool {
        match subject {
            Subject::Helper => helpers::is_modelled(name),
            Subject::Kfunc => kfuncs::position(name).is_some(),
            Subject::Map => modelled_types().any(|t| t == name),
            Subject::ProgType | Subject::LsmHook => false,
        }
    }
}
