//! The commands of a gesture, shared by all that offer it.
//!
//! Views are compared to find out what to draw anew, so gestures are compared too. To compare every command there is takes code that a
//! first look does without: it knows only the commands that it can show ([`quick_look`]), the later half knows all.

use std::ops::Deref;
use std::rc::Rc;

use crate::session::later::later;
use crate::sim::command::Command;

/// One or more commands that belong together.
#[derive(Clone, Debug)]
pub struct Asked(Rc<[Command]>);

impl From<Command> for Asked {
    fn from(command: Command) -> Self {
        Self(Rc::from([command]))
    }
}

impl From<Vec<Command>> for Asked {
    fn from(commands: Vec<Command>) -> Self {
        Self(Rc::from(commands))
    }
}

impl Deref for Asked {
    type Target = [Command];

    fn deref(&self) -> &[Command] {
        &self.0
    }
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        let same = later().map_or(quick_look as fn(&[Command], &[Command]) -> bool, |later| later.same_commands);
        Rc::ptr_eq(&self.0, &other.0) || same(&self.0, &other.0)
    }
}

impl Eq for Asked {}

/// The same, among what a first look offers: faults, and steps of a desired count. Of anything else it says no, and it is drawn anew.
fn quick_look(these: &[Command], those: &[Command]) -> bool {
    let same = |pair: (&Command, &Command)| match pair {
        (Command::InjectFault(this), Command::InjectFault(that)) => this == that,
        (Command::HealFault { fault: this }, Command::HealFault { fault: that }) => this == that,
        (Command::UpdateService(this), Command::UpdateService(that)) => {
            this.service == that.service && this.desired_count.is_some() && this.desired_count == that.desired_count
        }
        _ => false,
    };
    these.len() == those.len() && these.iter().zip(those).all(same)
}

/// The same, for whatever there is.
pub fn same_commands(these: &[Command], those: &[Command]) -> bool {
    these == those
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::command::UpdateService;
    use crate::sim::ids::FaultId;

    #[test]
    fn a_quick_look_agrees_where_it_says_yes() {
        let desired = |count| {
            vec![Command::UpdateService(UpdateService {
                service: "web".to_owned(),
                desired_count: Some(count),
                ..UpdateService::default()
            })]
        };
        let heal = vec![Command::HealFault { fault: FaultId(1) }];
        for (these, those) in
            [(desired(1), desired(1)), (desired(1), desired(2)), (heal.clone(), heal.clone()), (heal, desired(1))]
        {
            assert_eq!(quick_look(&these, &those), same_commands(&these, &those));
        }
        let stop = vec![Command::DeleteService { service: "web".to_owned() }];
        assert!(!quick_look(&stop, &stop) && Asked::from(stop.clone()) == Asked::from(stop));
    }
}
