//! A gesture of the learner, whatever it was made with: click, key, touch, typed command or link.

use crate::explain::answers::Inquiry;
use crate::session::asked::Asked;
use crate::session::forms::FormKind;
use crate::session::frame::{BottomTab, FieldValue};
use crate::session::lesson::Answer;
use crate::sim::ids::{CapacityProviderId, DeploymentId, InstanceId, ObservationId, ServiceId, TargetGroupId, TaskId};
use crate::sim::random;
use crate::sim::time::Millis;

/// Something on the board that can be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    ControlPlane,
    Instance(InstanceId),
    Task(TaskId),
    Service(ServiceId),
    /// A zone by its place in the scenario.
    Zone(u32),
    ImageRegistry,
    TargetGroup(TargetGroupId),
    CapacityProvider(CapacityProviderId),
    Deployment(ServiceId, DeploymentId),
    Listener(NameKey),
    AutoScalingGroup(NameKey),
    Alarm(NameKey),
    Subnet(NameKey),
}

/// Stands for the name of what has no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameKey(u64);

impl NameKey {
    /// The key of a name.
    pub fn of(name: &str) -> Self {
        Self(random::key_of(name))
    }
}

/// Which picture the board shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lens {
    Knows,
    True,
    #[default]
    Both,
}

/// The EC2 | Fargate | Mixed switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaunchMode {
    Ec2,
    Fargate,
    Mixed,
}

/// Everything the learner can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Time.
    Play,
    Pause,
    /// Runs until the next thing happens that the log would name.
    StepToNextEvent,
    StepBy(Millis),
    SetSpeed(u32),
    Seek(Millis),
    /// Wall time passed while playing, in milliseconds (already clamped by the frame loop).
    Elapsed(Millis),
    Undo,
    Redo,
    /// Forgets the run and starts the scenario again.
    Restart,

    /// Looking.
    Select(Option<Subject>),
    SetLens(Lens),
    /// Opens a tab under the timeline, or closes what is open there.
    ShowBottom(Option<BottomTab>),
    /// Why is this task where it is, or waiting?
    AskWhy(TaskId),
    /// Why does this service wait for a place for its tasks?
    WhyWaiting(ServiceId),
    /// Any other question: the Details of a thing offer those that make sense of it.
    Ask(Inquiry),
    /// Walk the chain of causes to this observation.
    ShowObservation(ObservationId),

    /// Acting on the cluster.
    /// The one obvious thing that the scenario offers.
    DoFirst,
    Do(Asked),
    /// Several commands that belong together: one step of undo.
    DoAll(Asked),
    SetLaunchMode(LaunchMode),
    /// Sets how a service places its tasks, spelled as in [`PlacementForm`](crate::session::frame::PlacementForm); what cannot be read
    /// comes back as a notice.
    SetPlacement {
        service: String,
        strategies: Vec<String>,
        constraints: Vec<String>,
    },
    /// A form, filled in.
    Submit(FormKind, Vec<(&'static str, FieldValue)>),
    /// Registers a pasted or dropped task definition and runs one task of it.
    ImportTaskDefinition(String),
    /// Checks a pasted text without registering it, so that the dialog can say what is wrong.
    CheckTaskDefinition(String),
    DismissNotice,

    /// Choosing what is on the page.
    OpenScenario(String),
    OpenUnit(String),
    LeaveUnit,

    /// The lesson.
    Lesson(Answer),
}

impl Intent {
    /// Whether it takes the half of the session that the page [downloads later](crate::session::later).
    pub fn needs_later(&self) -> bool {
        !matches!(self, Intent::Play | Intent::Pause | Intent::SetSpeed(_) | Intent::Elapsed(_) | Intent::DismissNotice)
    }

    /// Does it let time pass, go about in time, or change the cluster?
    pub fn moves_the_run(&self) -> bool {
        match self {
            Intent::Play
            | Intent::StepToNextEvent
            | Intent::StepBy(_)
            | Intent::Seek(_)
            | Intent::Undo
            | Intent::Redo
            | Intent::DoFirst
            | Intent::Do(_)
            | Intent::DoAll(_)
            | Intent::SetLaunchMode(_)
            | Intent::SetPlacement { .. }
            | Intent::Submit(..)
            | Intent::ImportTaskDefinition(_) => true,
            // Time that passes is nobody's gesture; and starting anew spoils nothing.
            Intent::Elapsed(_) | Intent::Restart | Intent::OpenScenario(_) | Intent::OpenUnit(_) | Intent::LeaveUnit => false,
            Intent::Pause
            | Intent::SetSpeed(_)
            | Intent::Select(_)
            | Intent::SetLens(_)
            | Intent::ShowBottom(_)
            | Intent::AskWhy(_)
            | Intent::WhyWaiting(_)
            | Intent::Ask(_)
            | Intent::ShowObservation(_)
            | Intent::CheckTaskDefinition(_)
            | Intent::DismissNotice
            | Intent::Lesson(_) => false,
        }
    }
}
