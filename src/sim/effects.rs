//! What a rule may do to the world: observe, set a timer, send a message. The one place that applies them.

use std::rc::Rc;

use crate::sim::event::{ControlTimer, DataTimer, Event};
use crate::sim::ids::{InstanceId, ObservationId};
use crate::sim::later::Later;
use crate::sim::message::{Instruction, Report};
use crate::sim::neighbours::event::NeighbourEvent;
use crate::sim::observation::{Kind, Observation};
use crate::sim::queue::Queue;
use crate::sim::random::{Concern, Stream};
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;
use crate::sim::wire::{Passage, Way, Wire};

/// Delay inside AWS, between the Fargate platform or EC2 and the control plane.
/// Ledger: aws.calls.
pub(crate) const INSIDE_AWS_MS: Millis = 20;
/// A call to the load balancer takes this long.
/// Ledger: aws.calls.
pub(crate) const BALANCER_CALL_MS: Millis = 100;

/// The hands of the rules: everything outside a rule's own side that it can change.
#[derive(Clone, Debug)]
pub struct Effects {
    pub now_ms: Millis,
    pub seed: u64,
    pub tuning: Rc<Tuning>,
    /// The observation that causes whatever happens now.
    pub cause: Option<ObservationId>,
    pub queue: Queue,
    pub wire: Wire,
    /// Rules that have work only after a command; nobody has given one while it is `None`.
    pub later: Option<&'static Later>,
    observations: Vec<Observation>,
    last_observation: u64,
}

impl Effects {
    /// Nothing has happened yet.
    pub fn new(seed: u64, tuning: Rc<Tuning>) -> Self {
        Self {
            now_ms: 0,
            seed,
            tuning,
            cause: None,
            queue: Queue::default(),
            wire: Wire::default(),
            later: None,
            observations: Vec::new(),
            last_observation: 0,
        }
    }

    /// Records a fact, caused by the current cause.
    pub fn observe(&mut self, kind: Kind) -> ObservationId {
        self.last_observation += 1;
        let id = ObservationId(self.last_observation);
        self.observations.push(Observation { id, at_ms: self.now_ms, cause: self.cause, kind });
        id
    }

    /// Records a fact that causes what follows, until the cause is set anew.
    pub fn lead(&mut self, kind: Kind) -> ObservationId {
        let id = self.observe(kind);
        self.cause = Some(id);
        id
    }

    /// Runs `rule` with another cause.
    pub fn because<R>(&mut self, cause: Option<ObservationId>, rule: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.cause;
        self.cause = cause.or(outer);
        let result = rule(self);
        self.cause = outer;
        result
    }

    /// Runs `rule` without a cause: what it sets going happens by the clock alone.
    pub fn by_the_clock<R>(&mut self, rule: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.cause.take();
        let result = rule(self);
        self.cause = outer;
        result
    }

    /// Hands over what has been observed since the last call.
    pub fn take_observations(&mut self, into: &mut Vec<Observation>) {
        into.append(&mut self.observations);
    }

    /// How many observations there have been.
    pub fn observed(&self) -> u64 {
        self.last_observation
    }

    /// Sets a timer of the control plane.
    pub fn control_timer(&mut self, after_ms: Millis, timer: ControlTimer) {
        self.schedule(after_ms, Event::Control(timer));
    }

    /// Sets a timer of the data plane.
    pub fn data_timer(&mut self, after_ms: Millis, timer: DataTimer) {
        self.schedule(after_ms, Event::Data(timer));
    }

    /// Lets something happen at a service round ECS.
    pub fn at_neighbour(&mut self, after_ms: Millis, event: NeighbourEvent) {
        self.schedule(after_ms, Event::Neighbour(event));
    }

    /// Puts any event into the future.
    pub fn schedule(&mut self, after_ms: Millis, event: Event) {
        self.queue.push(self.now_ms + after_ms, self.cause, event);
    }

    /// Sends an instruction to the agent of an instance.
    pub fn instruct(&mut self, instance: InstanceId, instruction: Instruction) {
        if let Some(at_ms) = self.send(instance, Way::ToAgent) {
            self.queue.push(at_ms, self.cause, Event::InstructionArrives { instance, instruction });
        }
    }

    /// Sends a report from the agent of an instance.
    pub fn report(&mut self, instance: InstanceId, report: Report) {
        if let Some(at_ms) = self.send(instance, Way::ToControlPlane) {
            self.queue.push(at_ms, self.cause, Event::ReportArrives { instance, report });
        }
    }

    /// Sends an instruction to the Fargate platform; no network of yours lies between.
    pub fn instruct_fargate(&mut self, instruction: Instruction) {
        self.schedule(INSIDE_AWS_MS, Event::FargateInstructionArrives { instruction });
    }

    /// Asks the Fargate platform to stop a task; what runs hears of it after a while.
    // Ledger: fargate_told_ms
    pub fn stop_on_fargate(&mut self, key: u64, instruction: Instruction) {
        let told_ms = self.draw(Concern::FargateStop, &[key, 1], &self.tuning.fargate_told_ms);
        self.schedule(told_ms, Event::FargateInstructionArrives { instruction });
    }

    /// Sends a report from the Fargate platform.
    pub fn report_from_fargate(&mut self, report: Report) {
        self.schedule(INSIDE_AWS_MS, Event::FargateReportArrives { report });
    }

    /// A span drawn for one concern of one entity.
    pub fn draw(&self, concern: Concern, keys: &[u64], quantiles: &[Millis]) -> Millis {
        Stream::of(self.seed, concern, keys).from_quantiles(quantiles)
    }

    fn send(&mut self, instance: InstanceId, way: Way) -> Option<Millis> {
        match self.wire.send(instance, way, self.now_ms, self.seed, &self.tuning) {
            Passage::Arrives(at_ms) => Some(at_ms),
            Passage::Lost { first: false } => None,
            Passage::Lost { first: true } => {
                let cut = self.wire.cut_by(instance);
                let lost = self.because(cut, |fx| fx.observe(Kind::MessagesLost { instance }));
                self.wire.messages_lost(instance, lost);
                None
            }
        }
    }
}
