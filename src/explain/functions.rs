//! Lambda functions of lifecycle hooks: what they are set to do, and what ECS hears from them, in plain words.

use crate::explain::names::count;
use crate::sim::command::platform::{FunctionAnswer, SetHookFunction};
use crate::sim::engine::Sim;
use crate::sim::model::lifecycle_hook::{HookAnswer, NoAnswer};
use crate::sim::time::{SECOND, span};

/// What someone asks for.
pub fn set(request: &SetHookFunction) -> String {
    format!("Set the function {} to {}", request.function_name, ending(request))
}

/// What a function does from now on.
pub fn behaviour(function: &SetHookFunction) -> String {
    format!("The function {} will {}", function.function_name, ending(function))
}

fn ending(function: &SetHookFunction) -> String {
    let end = match function.answer {
        FunctionAnswer::Succeeded => "answer SUCCEEDED",
        FunctionAnswer::Failed => "answer FAILED",
        FunctionAnswer::InProgress => return "answer IN_PROGRESS for ever".to_owned(),
        FunctionAnswer::NoHookStatus => "end without a hookStatus",
        FunctionAnswer::Hangs => "hang until Lambda ends it",
        FunctionAnswer::AccessDenied => return "refuse every invocation of ECS".to_owned(),
    };
    match function.after_invocations {
        0 => end.to_owned(),
        after => format!("{end} after {} of IN_PROGRESS", count(u64::from(after), "answer")),
    }
}

/// `, for the 2nd time`.
pub fn again(invocation: u32) -> String {
    if invocation > 1 { format!(", for the {} time", ordinal(invocation)) } else { String::new() }
}

/// What ECS hears from the function of a hook.
pub fn answer(sim: &Sim, function: &str, given: HookAnswer) -> String {
    let nothing = |why: String| format!("The function {function} gives no hookStatus: {why}");
    match given {
        HookAnswer::Succeeded => format!("The function {function} answers SUCCEEDED"),
        HookAnswer::Failed => format!("The function {function} answers FAILED"),
        HookAnswer::InProgress { call_back_delay_seconds } => {
            let usual_ms = sim.tuning().services.call_back_ms;
            let delay_ms = call_back_delay_seconds.map_or(usual_ms, |seconds| u64::from(seconds) * SECOND);
            format!("The function {function} answers IN_PROGRESS; ECS asks again after {}", span(delay_ms))
        }
        HookAnswer::Nothing(NoAnswer::NoHookStatus) => nothing("it ended with something else".to_owned()),
        HookAnswer::Nothing(NoAnswer::TimedOut) => {
            nothing(format!("Lambda ended it after {}", span(sim.tuning().services.function_longest_ms)))
        }
        HookAnswer::Nothing(NoAnswer::AccessDenied) => nothing("the role of the hook may not invoke it".to_owned()),
        HookAnswer::Nothing(NoAnswer::NotFound) => nothing("there is no such function".to_owned()),
    }
}

/// `2nd`.
fn ordinal(number: u32) -> String {
    let end = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_end_as_they_are_spoken() {
        assert_eq!([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 112th");
        assert_eq!(again(1), "");
    }
}
