//! Lambda: functions that lifecycle hooks ask (ecs.md §4.7), each as someone has set it.
//!
//! A function keeps nothing between two calls: ECS tells it how often it has asked, as `hookDetails` would.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::command::platform::{FunctionAnswer, SetHookFunction};
use crate::sim::control_plane::api::{Answer, Refusal};
use crate::sim::engine::Sim;
use crate::sim::model::lifecycle_hook::{HookAnswer, NoAnswer};
use crate::sim::neighbours::event::{LambdaEvent, NeighbourEvent};
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::time::{Millis, SECOND};

/// `callBackDelay` is at most the time a hook can have, 14 days.
/// Ledger: deployment.hook-function.
const LONGEST_CALL_BACK_SECONDS: u32 = 14 * 24 * 3_600;

/// The functions of the account by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lambda {
    functions: BTreeMap<Rc<str>, Rc<SetHookFunction>>,
}

impl Lambda {
    /// Each as it was last set.
    pub fn functions(&self) -> impl Iterator<Item = &SetHookFunction> {
        self.functions.values().map(|function| &**function)
    }

    /// How long the call takes, and what comes of it.
    fn run(&self, function: &str, invocation: u32, longest_ms: Millis) -> (Millis, HookAnswer) {
        let Some(function) = self.functions.get(function) else { return (0, HookAnswer::Nothing(NoAnswer::NotFound)) };
        let takes_ms = Millis::from(function.duration_seconds) * SECOND;
        let in_progress = HookAnswer::InProgress { call_back_delay_seconds: function.call_back_delay_seconds };
        let not_yet = invocation <= function.after_invocations;
        match function.answer {
            FunctionAnswer::AccessDenied => (0, HookAnswer::Nothing(NoAnswer::AccessDenied)),
            _ if not_yet => (takes_ms, in_progress),
            FunctionAnswer::InProgress => (takes_ms, in_progress),
            FunctionAnswer::Succeeded => (takes_ms, HookAnswer::Succeeded),
            FunctionAnswer::Failed => (takes_ms, HookAnswer::Failed),
            FunctionAnswer::NoHookStatus => (takes_ms, HookAnswer::Nothing(NoAnswer::NoHookStatus)),
            FunctionAnswer::Hangs => (longest_ms, HookAnswer::Nothing(NoAnswer::TimedOut)),
        }
    }
}

impl Sim {
    /// `SetHookFunction`.
    // Ledger: deployment.hook-function
    pub(crate) fn set_hook_function(&mut self, request: &SetHookFunction) -> Answer {
        let refuse = |message: String| Err(Refusal::new("InvalidParameterValueException", message));
        let longest_seconds = self.fx.tuning.services.function_longest_ms / SECOND;
        if request.function_name.is_empty() {
            return refuse("A function needs a name.".to_owned());
        }
        if Millis::from(request.duration_seconds) > longest_seconds {
            return refuse(format!("duration_seconds must be from 0 to {longest_seconds}: Lambda ends what runs longer."));
        }
        if !(1..=LONGEST_CALL_BACK_SECONDS).contains(&request.call_back_delay_seconds.unwrap_or(1)) {
            return refuse(format!("call_back_delay_seconds must be from 1 to {LONGEST_CALL_BACK_SECONDS}."));
        }
        let function = Rc::new(request.clone());
        self.neighbours.lambda.functions.insert(Rc::from(request.function_name.as_str()), function.clone());
        self.fx.observe(Kind::Platform(Rc::new(PlatformFact::HookFunctionSet { function })));
        Ok(())
    }
}

/// Something happens at Lambda, or between it and ECS.
pub(crate) fn happen(sim: &mut Sim, event: LambdaEvent) {
    match event {
        LambdaEvent::Invoked { call, function, invocation } => {
            let longest_ms = sim.fx.tuning.services.function_longest_ms;
            let (takes_ms, answer) = sim.neighbours.lambda.run(&function, invocation, longest_ms);
            sim.fx.at_neighbour(takes_ms, NeighbourEvent::Lambda(LambdaEvent::Ended { call, answer }));
        }
        LambdaEvent::Ended { call, answer } => sim.control.hook_answered(&mut sim.fx, call, answer),
        LambdaEvent::CallBack { call } => sim.control.invoke_hook(&mut sim.fx, call),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(answer: FunctionAnswer, after_invocations: u32) -> Vec<HookAnswer> {
        let function = SetHookFunction {
            function_name: "check".to_string(),
            answer,
            after_invocations,
            call_back_delay_seconds: Some(5),
            duration_seconds: 2,
        };
        let lambda = Lambda { functions: BTreeMap::from([(Rc::from("check"), Rc::new(function))]) };
        (1..=3).map(|invocation| lambda.run("check", invocation, 900_000).1).collect()
    }

    #[test]
    fn it_says_in_progress_as_often_as_it_is_set_to_and_then_its_answer() {
        let again = HookAnswer::InProgress { call_back_delay_seconds: Some(5) };
        assert_eq!(answers(FunctionAnswer::Succeeded, 2), [again, again, HookAnswer::Succeeded]);
        assert_eq!(answers(FunctionAnswer::Failed, 0), [HookAnswer::Failed; 3]);
        assert_eq!(answers(FunctionAnswer::InProgress, 0), [again; 3]);
        assert_eq!(answers(FunctionAnswer::AccessDenied, 2), [HookAnswer::Nothing(NoAnswer::AccessDenied); 3]);
    }

    #[test]
    fn what_is_not_there_answers_at_once_and_what_hangs_is_ended() {
        let lambda = Lambda::default();
        assert_eq!(lambda.run("check", 1, 900_000), (0, HookAnswer::Nothing(NoAnswer::NotFound)));
        assert_eq!(answers(FunctionAnswer::Hangs, 1)[1], HookAnswer::Nothing(NoAnswer::TimedOut));
    }
}
