//! Lambda functions that lifecycle hooks of deployments ask.

use crate::explain::functions::behaviour;
use crate::session::forms::{Filled, FormKind, amount, field, form, number, options, preset, said, text};
use crate::session::frame::{Asked, FieldView, FormView};
use crate::sim::command::Command;
use crate::sim::command::platform::{FunctionAnswer, PlatformCommand, SetHookFunction};
use crate::sim::engine::Sim;
use crate::sim::time::SECOND;

/// Answers of a function that has run.
const ANSWERING: &[&str] = &["SUCCEEDED", "FAILED", "IN_PROGRESS", "NO_HOOK_STATUS"];

/// What a function is to do.
pub fn form_of(sim: &Sim) -> FormView {
    let tuning = &sim.tuning().services;
    let only = |field: FieldView| FieldView { only_if: Some(Asked::If("answer", ANSWERING)), ..field };
    let answers = [
        ("SUCCEEDED", "SUCCEEDED: go on"),
        ("FAILED", "FAILED: roll back"),
        ("IN_PROGRESS", "IN_PROGRESS: ask again, for ever"),
        ("NO_HOOK_STATUS", "Something else, or an error"),
        ("HANGS", "Nothing: it hangs"),
        ("ACCESS_DENIED", "ECS may not invoke it"),
    ];
    let fields = vec![
        field("name", "Name", text("check")),
        field("answer", "It answers", options(&answers)),
        only(field("after", "IN_PROGRESS before that", number(0, 0, 1_000, 1, "times"))),
        only(field("delay", "Call-back delay", number(tuning.call_back_ms / SECOND, 1, 86_400, 10, "s"))),
        only(field("duration", "It runs for", number(1, 0, tuning.function_longest_ms / SECOND, 1, "s"))),
    ];
    let made = sim.neighbours().lambda.functions().map(|function| format!(" {}.", behaviour(function)));
    let line = format!("What a Lambda hook hears. One that is not made yet cannot be invoked.{}", made.collect::<String>());
    let presets = sim.neighbours().lambda.functions().map(|function| {
        let delay_s = function.call_back_delay_seconds.map_or(tuning.call_back_ms / SECOND, u64::from);
        let values = vec![
            ("answer", said(function.answer.name())),
            ("after", amount(function.after_invocations)),
            ("delay", amount(delay_s)),
            ("duration", amount(function.duration_seconds)),
        ];
        preset("name", &function.function_name, values)
    });
    let presets = presets.collect();
    FormView { presets, ..form(FormKind::SetHookFunction, "A Lambda function", &line, "Set function", fields) }
}

/// `SetHookFunction`.
pub fn set(filled: &Filled) -> Vec<Command> {
    let answer = filled.text("answer");
    let answer = FunctionAnswer::ALL.into_iter().find(|known| known.name() == answer).unwrap_or(FunctionAnswer::Succeeded);
    vec![Command::Platform(PlatformCommand::SetHookFunction(SetHookFunction {
        function_name: filled.text("name"),
        answer,
        after_invocations: filled.number("after"),
        call_back_delay_seconds: filled.asked("delay"),
        duration_seconds: filled.asked("duration").unwrap_or(1),
    }))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::frame::FieldValue;

    #[test]
    fn every_answer_can_be_chosen() {
        for answer in FunctionAnswer::ALL {
            let values =
                [("name", FieldValue::Text("check".to_string())), ("answer", FieldValue::Text(answer.name().to_string()))];
            let commands = set(&Filled(&values));
            assert!(
                matches!(&commands[..], [Command::Platform(PlatformCommand::SetHookFunction(request))] if request.answer == answer),
                "{answer:?}"
            );
        }
    }
}
