//! User memory (lands next).

/// Configuration of user memory.
#[derive(Clone, Debug, Default)]
pub struct MmConfig {}

/// All user memory.
#[derive(Debug)]
pub struct UserMemory {}

impl UserMemory {
    /// Empty user memory.
    pub fn new(_config: MmConfig) -> UserMemory {
        UserMemory {}
    }
}
