//! Attaching and detaching the scenario's programs.

use hooks::{AttachError, Target};
use sim::errno::Errno;

use super::world::{Entry, World};
use crate::result::LoadResult;

/// Attaches what is attached from the start. A refusal is the program's verdict: the kernel's load and attach go together for a user.
pub(super) fn at_start(world: &World) {
    for (index, entry) in world.entries.iter().enumerate() {
        for (program, _) in &entry.loaded {
            world.watch.add_program(program.id, index);
        }
        if entry.attach_at_start
            && let Err(error) = attach(world, entry)
        {
            let (errno, message) = (error.errno.ret(), error.message);
            *entry.load.borrow_mut() = LoadResult::Rejected { errno, message, source: None };
        }
    }
}

/// Attaches a program at all its targets.
///
/// # Errors
/// The first refusal; what was attached before stays.
pub(super) fn attach(world: &World, entry: &Entry) -> Result<(), AttachError> {
    for (program, targets) in &entry.loaded {
        for target in targets.iter().filter(|target| **target != Target::TestRun) {
            if entry.only.is_some() && !can_be_limited(target) {
                let message = format!("{target} fires for every task: only probes can be limited to one");
                return Err(AttachError { errno: Errno::EINVAL, message });
            }
            let link = world.kernel.attach_to(program, target.clone(), 0)?;
            if let Some(pid) = entry.only {
                link.limit_to(pid);
            }
            entry.links.borrow_mut().push(link.id);
        }
    }
    Ok(())
}

/// Perf events can be opened for one task, other attachments cannot.
fn can_be_limited(target: &Target) -> bool {
    matches!(target, Target::Uprobe(_) | Target::Uretprobe(_) | Target::Kprobe(_) | Target::Kretprobe(_))
}

/// Detaches a program everywhere. -ENOENT when it is attached nowhere.
pub(super) fn detach(world: &World, entry: &Entry) -> Result<(), Errno> {
    let links = entry.links.take();
    if links.is_empty() {
        return Err(Errno::ENOENT);
    }
    for link in links {
        world.kernel.detach(link);
    }
    Ok(())
}
