//! How the software inside the containers behaves: truth that no scheduler knows.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::sim::random::{Concern, Stream};
use crate::sim::time::{Millis, SECOND};

/// The behaviour of one family's containers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct App {
    /// CPU really used, in per cent of what was reserved; may be over 100.
    pub cpu_percent: u32,
    /// Memory really used, in per cent of what was reserved.
    pub memory_percent: u32,
    /// Ends by itself this long after its start, with `exit_code`.
    pub runs_for_ms: Option<Millis>,
    pub exit_code: i32,
    /// How the containers end that others wait for with COMPLETE or SUCCESS.
    pub awaited_exit_code: i32,
    /// SIGTERM is not handled: every stop waits for SIGKILL.
    pub ignores_sigterm: bool,
    /// Until so long after its start it answers every request with status 503.
    pub ready_after_ms: Millis,
    /// What it answers a health check once it is ready.
    pub health_check_status: u16,
    /// How long one request takes while there is CPU enough.
    pub latency_ms: Millis,
    /// CPU time of one request, in microseconds of one vCPU.
    pub request_cpu_us: u32,
    /// Size of one answer.
    pub response_kib: u32,
    /// What each container writes to its log, and to files of its own in its layer, in KiB a second.
    pub log_kib_per_second: u32,
    pub layer_kib_per_second: u32,
}

impl Default for App {
    fn default() -> Self {
        Self {
            cpu_percent: 55,
            memory_percent: 70,
            runs_for_ms: None,
            exit_code: 0,
            awaited_exit_code: 0,
            ignores_sigterm: false,
            ready_after_ms: 0,
            health_check_status: 200,
            latency_ms: 40,
            request_cpu_us: 5_000,
            response_kib: 20,
            log_kib_per_second: 0,
            layer_kib_per_second: 0,
        }
    }
}

/// Apps by family; a family that is not named behaves as the default.
pub type Apps = Rc<std::collections::BTreeMap<Rc<str>, App>>;

impl App {
    /// CPU units and MiB really used by a task at an instant; varies a little from one five seconds to the next.
    /// Ledger: app.usage.
    pub fn usage(&self, seed: u64, key: u64, reserved: (u32, u32), at_ms: Millis) -> (u32, u32) {
        let mut chance = Stream::of(seed, Concern::Usage, &[key, at_ms / (5 * SECOND)]);
        let sway = |chance: &mut Stream, percent: u32| u64::from(percent) * chance.between(85, 115);
        let cpu = u64::from(reserved.0) * sway(&mut chance, self.cpu_percent) / 10_000;
        let memory = u64::from(reserved.1) * sway(&mut chance, self.memory_percent) / 10_000;
        (cpu as u32, (memory as u32).min(reserved.1))
    }
}
